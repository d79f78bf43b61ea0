// What the server tells beyond the language server protocol; src/server/handlers/overview.rs and src/server/runs.rs say it.
import type { Range } from 'vscode-languageclient/node';

export interface Phase {
  number: number;
  name: string;
  range: Range;
}

export interface Section {
  title: string;
  state: 'missing' | 'hints' | 'generated' | 'yours';
  range: Range | null;
  /** Why it is out of date; empty where it is not. */
  stale: string[];
  phases: Phase[];
}

export interface Requirement {
  id: string;
  summary: string;
  uri: string;
  range: Range;
  phases: number[];
  changed: boolean;
}

export interface Source {
  id: string;
  name: string;
  excerpt: string;
  state: 'fresh' | 'moved' | 'changed' | 'gone' | 'unknown';
  range: Range;
  uri: string | null;
  line: number | null;
}

/** A document's plan at a glance. */
export interface Overview {
  uri: string;
  kind: 'requirements' | 'plan' | 'both' | 'none';
  model: { name: string; tokens: number } | null;
  engine: string | null;
  plan: Range | null;
  sections: Section[];
  requirements: Requirement[];
  sources: Source[];
  running: string | null;
  interrupted: string | null;
}

export interface Question {
  area: string;
  text: string;
  answered: boolean;
}

/** A run that the server does now. */
export interface Running {
  uri: string;
  message: string;
  percentage: number;
  /** What a model has used, in words; empty without one. */
  used: string;
  questions: Question[];
}

/** A run that the journal knows. */
export interface Kept {
  id: number;
  uri: string | null;
  document: string;
  /** The file that the plan goes to, where it is another one. */
  output: string | null;
  model: string;
  questions: number;
  answered: number;
  started: string;
  status: 'running' | 'interrupted' | 'finished' | 'failed' | 'cancelled' | 'superseded';
  note: string;
  tokens: number;
}

export interface Runs {
  running: Running[];
  kept: Kept[];
}

/** The parameters of `groundplan/run`. */
export interface RunChanged {
  uri: string;
  state: 'running' | 'ended';
  message: string;
  percentage: number;
}

/** The parameters of `groundplan/propose`. */
export interface Proposal {
  uri: string;
  title: string;
  before: string | null;
  after: string | null;
}
