use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn purge(tx: &mut dyn Tx, m: &Moment) -> Outcome<bool> {
    let _ = (tx, m);
    unimplemented!()
}
