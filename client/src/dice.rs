//! Seeded dice: the jitter of pauses and the random part of nonces.
