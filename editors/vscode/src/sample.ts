// A requirements document to begin with: every form that groundplan reads, and nothing that has to be taken out.
export const SAMPLE = `# Export of orders

What is needed, and for whom: two or three sentences.

## Requirements

- **FR-001**: The system MUST export all orders of a customer as CSV within 2 seconds
  - WHEN the customer has no order THE SYSTEM SHALL write only the header
- **FR-002**: The system MUST refuse an export to users who are not signed in
  - WHEN such a user asks for an export THE SYSTEM SHALL answer 401 and write nothing
`;
