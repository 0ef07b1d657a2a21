//! `liudi keep FILE --as KIND`: any document, bit-exact, in the private part.
