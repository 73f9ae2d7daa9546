//! Who is composing, and when that lapses; and how often we say so ourselves.
