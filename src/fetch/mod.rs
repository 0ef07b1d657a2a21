//! The network: one client, polite per host, resumable, and deaf to private addresses.
