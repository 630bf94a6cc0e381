//! How good players are: ratings by results.
