//! Quantities as attributes say them: spans of time, and rates.

/// The milliseconds of `250ms`, `30s`, `5m` or `2h`, at most those of a year.
pub(crate) fn millis(text: &str) -> Option<u64> {
    let unit = text.find(|sign: char| !sign.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let each = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let millis = number.parse::<u64>().ok()?.checked_mul(each)?;
    (1..=365 * 24 * 3_600_000).contains(&millis).then_some(millis)
}

/// The number and the milliseconds of `10/s` or `20/10s`.
pub(crate) fn rate(text: &str) -> Option<(u32, u64)> {
    let (calls, per) = text.split_once('/')?;
    let is_number = !calls.is_empty() && calls.bytes().all(|digit| digit.is_ascii_digit());
    let calls = calls.parse::<u32>().ok().filter(|calls| is_number && *calls > 0)?;
    let has_number = per.starts_with(|sign: char| sign.is_ascii_digit());
    let per = if has_number { millis(per) } else { millis(&format!("1{per}")) }?;
    Some((calls, per))
}

#[cfg(test)]
mod tests {
    use super::{millis, rate};

    #[test]
    fn a_span_of_time_is_a_number_and_a_unit() {
        let spans = [("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000)];
        for (text, expected) in spans {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        for text in
            ["", "30", "s", "0s", "1.5s", "-1s", "30 s", "30sec", "9000h", "99999999999999999999s"]
        {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn a_rate_is_a_number_and_a_unit_or_a_span_of_time() {
        let rates = [("10/s", (10, 1_000)), ("1/m", (1, 60_000)), ("20/10s", (20, 10_000))];
        for (text, expected) in rates {
            assert_eq!(rate(text), Some(expected), "{text}");
        }
        for text in
            ["", "10", "/s", "0/s", "-1/s", "1.5/s", "10/", "10/0s", "10 / s", "5000000000/s"]
        {
            assert_eq!(rate(text), None, "{text}");
        }
    }
}
