//! Frames of the base protocol: read so that no input ends the server, written as the protocol says.

use std::io::{BufRead, Read};

/// Larger bodies are skipped and answered with an error.
pub const MAX_BODY: u64 = 64 * 1024 * 1024;
/// A header block larger than this is noise.
const MAX_HEADER: usize = 8 * 1024;

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// A body, whatever it holds.
    Body(Vec<u8>),
    /// Something that is no frame, with what was wrong; the next frame is found behind it.
    Broken(&'static str),
    /// The input has ended.
    End,
}

/// Reads one frame.
///
/// Header names may have any case and unknown ones are skipped. Behind a broken header, or a body that is too large
/// to be one, reading goes on at the next `Content-Length`: a JSON body cannot hold one followed by an empty line.
pub fn read_frame(input: &mut impl BufRead) -> Frame {
    let mut length: Option<u64> = None;
    let mut seen = 0;
    let mut broken = None;
    loop {
        let mut line = Vec::new();
        match input.by_ref().take(MAX_HEADER as u64).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return broken.map_or(Frame::End, Frame::Broken),
            Ok(read) => seen += read,
        }
        // Behind a body without a length, a header can stand in the middle of a line.
        let lower = line.to_ascii_lowercase();
        if let Some(at) = find(&lower, b"content-length:") {
            let digits = String::from_utf8_lossy(&line[at + 15..]).trim().to_owned();
            match digits.parse() {
                Ok(read) => length = Some(read),
                Err(_) => broken = Some("Content-Length is no number"),
            }
            continue;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            match (length, broken) {
                (Some(length), _) if length <= MAX_BODY => return body(input, length),
                (Some(_), _) => return Frame::Broken("the body is larger than 64 MiB"),
                (None, Some(message)) => return Frame::Broken(message),
                (None, None) if seen > line.len() => return Frame::Broken("the header has no Content-Length"),
                (None, None) => {}
            }
        } else if seen > MAX_HEADER && length.is_none() && broken.is_none() {
            // No header is that long: say so once, and go on looking for one.
            return Frame::Broken("this is no message of the protocol");
        }
    }
}

fn body(input: &mut impl BufRead, length: u64) -> Frame {
    let mut body = Vec::new();
    match input.by_ref().take(length).read_to_end(&mut body) {
        Ok(read) if read as u64 == length => Frame::Body(body),
        _ => Frame::End,
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).rposition(|window| window == wanted)
}

/// A body with its header.
pub fn frame(body: &[u8]) -> Vec<u8> {
    let mut out = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    out.extend_from_slice(body);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: &[Frame]) {
        let mut input = input;
        for frame in expected {
            assert_eq!(read_frame(&mut input), *frame);
        }
        assert_eq!(read_frame(&mut input), Frame::End);
    }

    fn body(text: &str) -> Frame {
        Frame::Body(text.as_bytes().to_vec())
    }

    #[test]
    fn headers_come_in_every_form() {
        check(b"Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\nnull", &[body("{}"), body("null")]);
        check(b"content-length:2\r\nX-Other: 1\r\nContent-Type: a/b\r\n\r\n{}", &[body("{}")]);
        check(b"Content-Length: 2\n\n{}", &[body("{}")]);
    }

    #[test]
    fn what_is_broken_is_said_and_the_next_frame_found() {
        let no_length = Frame::Broken("the header has no Content-Length");
        check(b"X-Other: 1\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n{}", &[no_length, body("{}")]);
        let no_number = Frame::Broken("Content-Length is no number");
        check(b"Content-Length: two\r\n\r\n{}Content-Length: 2\r\n\r\n{}", &[no_number, body("{}")]);
        let large = Frame::Broken("the body is larger than 64 MiB");
        check(b"Content-Length: 10000000000\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n{}", &[large, body("{}")]);
    }

    #[test]
    fn a_cut_body_is_the_end() {
        check(b"Content-Length: 9\r\n\r\n{}", &[]);
    }
}
