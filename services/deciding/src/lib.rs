//! Decides by policies that people can read.
