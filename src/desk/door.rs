//! Keys and sessions: a one-time key in the address that the program opens is exchanged for a cookie, which the pages
//! of no other site can send (`SameSite=Strict`) and no script can read (`HttpOnly`).

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::error::{Error, Result};

/// Number of unused keys that are remembered; the oldest is forgotten.
const KEYS: usize = 8;

/// The door of a desk.
#[derive(Debug)]
pub(super) struct Door {
    keys: Mutex<VecDeque<String>>,
    /// Value of the cookie of every admitted browser.
    session: String,
    /// Name of the cookie, which contains the port: cookies do not tell ports apart.
    cookie: String,
}

impl Door {
    pub(super) fn new(port: u16) -> Result<Self> {
        Ok(Self { keys: Mutex::default(), session: random()?, cookie: format!("liudi_desk_{port}") })
    }

    /// Makes a key that admits one browser.
    pub(super) fn key(&self) -> Result<String> {
        let key = random()?;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.push_back(key.clone());
        if keys.len() > KEYS {
            keys.pop_front();
        }
        Ok(key)
    }

    /// Uses up a key; returns the cookie to set, or `None` for a key that is unknown or used.
    pub(super) fn admit(&self, key: &str) -> Option<String> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let at = keys.iter().position(|known| is_same(known, key))?;
        keys.remove(at);
        Some(format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.session))
    }

    /// Reports whether a `Cookie` header names the session.
    pub(super) fn knows(&self, cookies: &str) -> bool {
        let values = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        values.into_iter().any(|(name, value)| name == self.cookie && is_same(value, &self.session))
    }
}

/// Compares secrets in a time that says nothing about them.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

/// Returns 256 random bits in hexadecimal digits.
pub(super) fn random() -> Result<String> {
    let mut bytes = [0u8; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|error| Error::other("desk-no-random").because(error))?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_the_door_once() {
        let door = Door::new(4321).unwrap();
        let key = door.key().unwrap();
        assert!(door.admit("").is_none() && door.admit(&key[1..]).is_none());
        let cookie = door.admit(&key).unwrap();
        assert!(cookie.starts_with("liudi_desk_4321=") && cookie.ends_with("; HttpOnly; SameSite=Strict"));
        assert!(door.admit(&key).is_none());
        let cookie = cookie.split(';').next().unwrap();
        assert!(door.knows(cookie) && door.knows(&format!("a=b; {cookie}")));
        assert!(!door.knows("") && !door.knows("liudi_desk_4321=") && !door.knows(&cookie.replace("4321", "4322")));
    }

    #[test]
    fn only_the_newest_keys_are_remembered() {
        let door = Door::new(1).unwrap();
        let first = door.key().unwrap();
        (0..KEYS).for_each(|_| drop(door.key().unwrap()));
        assert!(door.admit(&first).is_none());
    }
}
