//! A map in the order of its keys, flat: a tree of its own for each kind of value would weigh more
//! in the page than it saves.

use std::mem;

/// Entries in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

/// Keys in order.
pub type SortedSet<K> = SortedMap<K, ()>;

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Copy + Ord, V> SortedMap<K, V> {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, key: K) -> bool {
        self.place(key).is_ok()
    }

    pub fn get(&self, key: K) -> Option<&V> {
        let place = self.place(key).ok()?;
        Some(&self.0[place].1)
    }

    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        Some(&mut self.0[place].1)
    }

    /// Puts a value in place of the one that was there, if any, which is returned.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(key) {
            Ok(place) => Some(mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// The value of a key, which is made if there is none.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let place = self.place(key).unwrap_or_else(|place| {
            self.0.insert(place, (key, V::default()));
            place
        });
        &mut self.0[place].1
    }

    pub fn remove(&mut self, key: K) -> Option<V> {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Takes the first `count` out, or as many as there are.
    pub fn take_first(&mut self, count: usize) -> impl Iterator<Item = V> {
        let rest = self.0.split_off(count.min(self.0.len()));
        mem::replace(&mut self.0, rest).into_iter().map(|(_, value)| value)
    }

    pub fn retain(&mut self, keeps: impl Fn(K) -> bool) {
        self.0.retain(|(key, _)| keeps(*key));
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = K> {
        self.0.iter().map(|(key, _)| *key)
    }

    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.0.into_iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.0.into_iter().map(|(_, value)| value)
    }

    /// Where a key is, else where it belongs. What is new mostly belongs at the end.
    fn place(&self, key: K) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if *last < key => Err(self.0.len()),
            _ => self.0.binary_search_by(|(other, _)| other.cmp(&key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn holds_what_a_tree_would_hold(acts in prop::collection::vec((any::<bool>(), 0..20_u8, any::<u8>()), 0..80)) {
            let (mut map, mut tree) = (SortedMap::default(), BTreeMap::new());
            for (inserts, key, value) in acts {
                if inserts {
                    prop_assert_eq!(map.insert(key, value), tree.insert(key, value));
                } else {
                    prop_assert_eq!(map.remove(key), tree.remove(&key));
                }
                prop_assert_eq!(map.get(key), tree.get(&key));
                prop_assert!(map.keys().eq(tree.keys().copied()));
                prop_assert!(map.values().eq(tree.values()));
            }
        }
    }

    #[test]
    fn the_first_go_and_the_rest_stays() {
        let mut map = SortedMap::default();
        for key in [3, 1, 2] {
            map.insert(key, key * 10);
        }
        assert_eq!(map.take_first(2).collect::<Vec<_>>(), [10, 20]);
        assert_eq!(map.keys().collect::<Vec<_>>(), [3]);
        assert_eq!(map.take_first(2).collect::<Vec<_>>(), [30]);
        assert!(map.is_empty());
    }
}
