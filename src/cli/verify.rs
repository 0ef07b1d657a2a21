//! `liudi verify`: every byte against its digest, and what was found, in words.
