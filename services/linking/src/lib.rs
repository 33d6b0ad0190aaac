//! Which records of agencies are the same child.
