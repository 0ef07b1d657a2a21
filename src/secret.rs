//! Secrets and visitor fields: what they are called, how URLs are shown without them, and how they are blanked in
//! evidence. Nothing here ever prints a secret.
