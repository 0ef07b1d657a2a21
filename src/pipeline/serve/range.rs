//! Parses `Range: bytes=…` (RFC 9110, section 14), which allows seeking in a video.

/// The requested part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole file: no range was requested, or it is not understood.
    Whole,
    /// `length` bytes from the offset `from`.
    Some { from: u64, length: u64 },
    /// No part of the file.
    Beyond,
}

/// Parses the header for a file of `size` bytes. Several ranges are answered with the whole file, as the RFC allows.
pub(super) fn part(header: Option<&str>, size: u64) -> Part {
    let Some((first, last)) =
        header.and_then(|header| header.trim().strip_prefix("bytes=")).and_then(|range| range.trim().split_once('-'))
    else {
        return Part::Whole;
    };
    let number = |text: &str| {
        let text = text.trim();
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten()
    };
    match (first.trim().is_empty(), number(first), last.trim().is_empty(), number(last)) {
        (true, _, false, Some(0)) => Part::Beyond,
        (true, _, false, Some(tail)) if size > 0 => {
            let length = tail.min(size);
            Part::Some { from: size - length, length }
        }
        (false, Some(from), true, _) if from < size => Part::Some { from, length: size - from },
        (false, Some(from), false, Some(to)) if from <= to && from < size => {
            Part::Some { from, length: to.min(size - 1) - from + 1 }
        }
        (false, Some(from), true, _) if from >= size => Part::Beyond,
        (false, Some(from), false, Some(to)) if from <= to => Part::Beyond,
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_players_write_them() {
        let some = |from, length| Part::Some { from, length };
        for (header, expected) in [
            ("bytes=0-", some(0, 100)),
            ("bytes=0-0", some(0, 1)),
            ("bytes=10-19", some(10, 10)),
            ("bytes=90-1000", some(90, 10)),
            ("bytes=-5", some(95, 5)),
            ("bytes=-500", some(0, 100)),
            ("bytes=100-", Part::Beyond),
            ("bytes=100-200", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("items=0-1", Part::Whole),
            ("bytes=18446744073709551616-", Part::Whole),
        ] {
            assert_eq!(part(Some(header), 100), expected, "{header}");
        }
        assert_eq!(part(None, 100), Part::Whole);
        assert_eq!(part(Some("bytes=0-"), 0), Part::Beyond);
        assert_eq!(part(Some("bytes=-5"), 0), Part::Whole);
    }
}
