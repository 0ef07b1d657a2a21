//! Findings: what is wrong, missing or undecided, as values with stable codes.
