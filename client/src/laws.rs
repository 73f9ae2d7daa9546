//! What must hold whatever happens: property tests over random changes, cuts and refusals.

mod folding;
mod sending;
