//! How often something may be done: so many in a second or minute, and how many at once.

use std::fmt;
use std::str::FromStr;

/// So many a second in the long run, and up to `burst` at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    pub per_second: f64,
    pub burst: u32,
}

impl Rate {
    /// So many a second, with this burst.
    pub const fn per_second(count: u32, burst: u32) -> Self {
        Self { per_second: count as f64, burst }
    }

    /// So many a minute, with this burst.
    pub const fn per_minute(count: u32, burst: u32) -> Self {
        Self { per_second: count as f64 / 60.0, burst }
    }

    /// So many times as often, and as many at once.
    pub fn times(self, factor: u32) -> Self {
        let burst = self.burst.saturating_mul(factor);
        Self { per_second: self.per_second * f64::from(factor), burst }
    }
}

/// The text is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARate;

impl fmt::Display for NotARate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rate looks like \"5/s, burst 20\" or \"30/min\"")
    }
}

impl FromStr for Rate {
    type Err = NotARate;

    /// `5/s, burst 20`; without a burst, one second's worth and at least one.
    fn from_str(text: &str) -> Result<Self, NotARate> {
        let (steady, burst) = match text.split_once(',') {
            Some((steady, burst)) => (steady, Some(burst)),
            None => (text, None),
        };
        let (count, unit) = steady.trim().split_once('/').ok_or(NotARate)?;
        let count: f64 = count.trim().parse().map_err(|_| NotARate)?;
        let per_second = match unit.trim() {
            "s" => count,
            "min" => count / 60.0,
            _ => return Err(NotARate),
        };
        if !per_second.is_finite() || per_second <= 0.0 {
            return Err(NotARate);
        }
        let burst = match burst {
            Some(burst) => {
                let count = burst.trim().strip_prefix("burst ").ok_or(NotARate)?;
                count.trim().parse().map_err(|_| NotARate)?
            }
            None => per_second.ceil() as u32,
        };
        if burst == 0 {
            return Err(NotARate);
        }
        Ok(Self { per_second, burst })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_written_as_one_says_it() {
        assert_eq!("5/s, burst 20".parse(), Ok(Rate::per_second(5, 20)));
        assert_eq!("30/min".parse(), Ok(Rate { per_second: 0.5, burst: 1 }));
        assert_eq!(" 100 / s ".parse(), Ok(Rate::per_second(100, 100)));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in ["", "5", "5/h", "0/s", "-1/s", "NaN/s", "5/s, 20", "5/s, burst 0", "inf/s"] {
            assert_eq!(text.parse::<Rate>(), Err(NotARate), "{text}");
        }
    }
}
