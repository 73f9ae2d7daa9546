use crate::commands::{Moment, Outcome};
use crate::store::{Service, Tx};

pub fn found_service(tx: &mut dyn Tx, m: &Moment) -> Outcome<Service> {
    let _ = (tx, m);
    unimplemented!()
}
