//! `liudi mirror`, and the exporters behind `liudi export`.
