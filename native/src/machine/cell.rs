//! One register or memory word, with or without the times of its accesses.

/// A place that holds a value and may know when it was accessed.
pub trait Cell<V: Copy>: Copy + Default + Send + Sync {
    fn new(value: V) -> Self;
    fn get(&self) -> V;
    fn set(&mut self, value: V);
    /// Notes an access at time t; returns its gap: t − 1 − time of the last access, 0 at the first.
    fn touch(&mut self, t: u32) -> u32;
}

/// Whether a machine keeps a trace: the kinds of its cells.
pub trait Mode: Send + Sync + 'static {
    const TRACE: bool;
    type Word: Cell<u32>;
    type Register: Cell<u64>;
}

/// Values only.
pub struct Plain;

impl Mode for Plain {
    const TRACE: bool = false;
    type Word = Untimed<u32>;
    type Register = Untimed<u64>;
}

/// Values, times and records.
pub struct Traced;

impl Mode for Traced {
    const TRACE: bool = true;
    type Word = Timed<u32>;
    type Register = Timed<u64>;
}

#[derive(Clone, Copy, Default)]
pub struct Untimed<V>(V);

impl<V: Copy + Default + Send + Sync> Cell<V> for Untimed<V> {
    fn new(value: V) -> Self {
        Self(value)
    }
    #[inline(always)]
    fn get(&self) -> V {
        self.0
    }
    #[inline(always)]
    fn set(&mut self, value: V) {
        self.0 = value;
    }
    #[inline(always)]
    fn touch(&mut self, _: u32) -> u32 {
        0
    }
}

#[derive(Clone, Copy, Default)]
pub struct Timed<V> {
    pub value: V,
    /// The value before the first access.
    pub initial: V,
    /// Time of the first access.
    pub first: u32,
    /// 1 + time of the last access; 0 while untouched.
    pub end: u32,
}

impl<V: Copy + Default + Send + Sync> Cell<V> for Timed<V> {
    fn new(value: V) -> Self {
        Self { value, ..Self::default() }
    }
    #[inline(always)]
    fn get(&self) -> V {
        self.value
    }
    #[inline(always)]
    fn set(&mut self, value: V) {
        self.value = value;
    }
    #[inline(always)]
    fn touch(&mut self, t: u32) -> u32 {
        let gap = if self.end == 0 {
            self.initial = self.value;
            self.first = t;
            0
        } else {
            t - self.end
        };
        self.end = t + 1;
        gap
    }
}

impl<V> Timed<V> {
    /// The times (t0, tf) of the first value and of the last one; `None` while untouched.
    pub fn span(&self) -> Option<(i64, i64)> {
        (self.end != 0).then(|| (i64::from(self.first) - 1, i64::from(self.end) - 1))
    }
}
