//! Binding of [`crate::machine`].

use std::sync::Arc;

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::Error;
use crate::machine::{
    into_words, Arrays, Description, Event, Fault, Machine, Plain, Program, Traced, Watch,
    REGISTERS,
};

type Array<'py, T> = Bound<'py, PyArray1<T>>;

/// The arrays of zkm.isa.rows.Rows in the order of its fields.
type Rows<'py> = (
    PyReadonlyArray1<'py, i64>,
    PyReadonlyArray1<'py, u32>,
    PyReadonlyArray1<'py, u8>,
    PyReadonlyArray1<'py, u8>,
    PyReadonlyArray1<'py, u8>,
    PyReadonlyArray1<'py, u8>,
    PyReadonlyArray1<'py, u8>,
    PyReadonlyArray1<'py, i64>,
);

/// Code, name, stream and flag names of a row operation.
type Operation = (u8, String, u8, Vec<String>);

/// Arrays word, v0, t0, vf, tf.
type TouchedWords<'py> =
    (Array<'py, u32>, Array<'py, u32>, Array<'py, i64>, Array<'py, u32>, Array<'py, i64>);

/// Arrays t0, vf, tf.
type TouchedRegisters<'py> = (Array<'py, i64>, Array<'py, u64>, Array<'py, i64>);

/// A machine with or without a trace.
enum Either {
    Plain(Box<Machine<Plain>>),
    Traced(Box<Machine<Traced>>),
}

/// The same expression for both kinds of machine.
macro_rules! either {
    ($either:expr, $machine:ident => $body:expr) => {
        match $either {
            Either::Plain($machine) => $body,
            Either::Traced($machine) => $body,
        }
    };
}

/// A program in execution; zkm/machine/interpreter.py drives it.
#[pyclass(name = "Machine", module = "zkm._native")]
pub struct PyMachine {
    machine: Either,
    end: Option<Event>,
}

impl PyMachine {
    fn traced(&mut self) -> PyResult<&mut Machine<Traced>> {
        match &mut self.machine {
            Either::Traced(machine) => Ok(machine),
            Either::Plain(_) => Err(PyValueError::new_err("this machine keeps no trace")),
        }
    }
}

#[pymethods]
impl PyMachine {
    #[new]
    #[pyo3(signature = (rows, operations, entry, registers, watch, page_limit, *, trace))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        rows: Rows<'_>,
        operations: Vec<Operation>,
        entry: u64,
        registers: Vec<u64>,
        watch: (u64, u8, Vec<u64>),
        page_limit: usize,
        trace: bool,
    ) -> PyResult<Self> {
        let arrays = Arrays {
            address: rows.0.as_slice()?,
            word: rows.1.as_slice()?,
            code: rows.2.as_slice()?,
            flags: rows.3.as_slice()?,
            r1: rows.4.as_slice()?,
            r2: rows.5.as_slice()?,
            r3: rows.6.as_slice()?,
            imm: rows.7.as_slice()?,
        };
        let operations: Vec<_> = operations
            .into_iter()
            .map(|(code, name, stream, flags)| Description { code, name, stream, flags })
            .collect();
        let registers: [u64; REGISTERS] = registers
            .try_into()
            .map_err(|_| PyValueError::new_err("there must be 128 initial registers"))?;
        let (handler, register, values) = watch;
        let watch = Watch { handler, register, values };
        let machine = py.detach(|| {
            let program = Arc::new(Program::new(arrays, &operations)?);
            Ok::<_, Error>(if trace {
                let machine = Machine::new(program, entry, &registers, page_limit, watch)?;
                Either::Traced(Box::new(machine))
            } else {
                let machine = Machine::new(program, entry, &registers, page_limit, watch)?;
                Either::Plain(Box::new(machine))
            })
        })?;
        Ok(Self { machine, end: None })
    }

    /// Executes up to `budget` rows; says why it stopped: "budget", "input", "system", "halt" or
    /// "fault".
    fn run(&mut self, py: Python<'_>, budget: u64) -> &'static str {
        let machine = &mut self.machine;
        let event = py.detach(|| either!(machine, machine => machine.run(budget)));
        if matches!(event, Event::Halt { .. } | Event::Fault(_)) {
            self.end = Some(event);
        }
        match event {
            Event::Budget => "budget",
            Event::Input => "input",
            Event::System => "system",
            Event::Halt { .. } => "halt",
            Event::Fault(_) => "fault",
        }
    }

    /// Answers "input" with bytes, none at the end of input.
    fn supply(&mut self, input: &[u8]) -> PyResult<()> {
        Ok(either!(&mut self.machine, machine => machine.supply(input))?)
    }

    /// Rows executed so far.
    #[getter]
    fn executed(&self) -> u64 {
        either!(&self.machine, machine => machine.executed())
    }

    /// Rows that a machine of this kind can execute.
    #[getter]
    fn row_limit(&self) -> u64 {
        match self.machine {
            Either::Plain(_) => Machine::<Plain>::ROW_LIMIT,
            Either::Traced(_) => Machine::<Traced>::ROW_LIMIT,
        }
    }

    /// The exit code and the output's length in bytes, after "halt".
    #[getter]
    fn halted(&self) -> Option<(u64, u64)> {
        match self.end {
            Some(Event::Halt { code, length }) => Some((code, length)),
            _ => None,
        }
    }

    /// pc, word (None if there is none), kind and text of the cause, after "fault".
    #[getter]
    fn fault(&self) -> Option<(i64, Option<u32>, &'static str, String)> {
        match self.end {
            Some(Event::Fault(Fault { pc, word, cause })) => {
                Some((pc, word, cause.kind(), cause.to_string()))
            }
            _ => None,
        }
    }

    /// The value of a register.
    fn register(&self, index: usize) -> PyResult<u64> {
        either!(&self.machine, machine => machine.register(index))
            .ok_or_else(|| PyValueError::new_err("no such register"))
    }

    /// Bytes of memory as they are now.
    fn peek(&self, address: u32, length: usize) -> PyResult<Vec<u8>> {
        if length as u64 > 1 << 32 {
            return Err(PyValueError::new_err("more bytes than there is memory"));
        }
        Ok(either!(&self.machine, machine => machine.peek(address, length)))
    }

    /// Executions of each row of the program.
    fn counts<'py>(&self, py: Python<'py>) -> Array<'py, u64> {
        PyArray1::from_slice(py, either!(&self.machine, machine => machine.counts()))
    }

    /// The words written by `out` so far.
    fn output<'py>(&self, py: Python<'py>) -> Array<'py, u32> {
        PyArray1::from_slice(py, either!(&self.machine, machine => machine.output()))
    }

    /// Records per stream so far.
    fn stream_lengths(&mut self) -> PyResult<Vec<usize>> {
        Ok(self.traced()?.stream_lengths())
    }

    /// The records of a stream, 7 words each; the machine gives them away.
    fn records<'py>(&mut self, py: Python<'py>, stream: usize) -> PyResult<Array<'py, u64>> {
        let records = self.traced()?.take_records(stream);
        Ok(PyArray1::from_vec(py, into_words(records)))
    }

    /// The refreshes, 4 words each; the machine gives them away.
    fn refreshes<'py>(&mut self, py: Python<'py>) -> PyResult<Array<'py, u64>> {
        let refreshes = self.traced()?.take_refreshes();
        Ok(PyArray1::from_vec(py, into_words(refreshes)))
    }

    /// The touched words of memory: arrays word, v0, t0, vf, tf.
    fn memory<'py>(&mut self, py: Python<'py>) -> PyResult<TouchedWords<'py>> {
        let machine = self.traced()?;
        let words: Vec<_> = py.detach(|| machine.touched_words().collect());
        Ok((
            PyArray1::from_iter(py, words.iter().map(|word| word.word)),
            PyArray1::from_iter(py, words.iter().map(|word| word.v0)),
            PyArray1::from_iter(py, words.iter().map(|word| word.t0)),
            PyArray1::from_iter(py, words.iter().map(|word| word.vf)),
            PyArray1::from_iter(py, words.iter().map(|word| word.tf)),
        ))
    }

    /// The registers: arrays t0, vf, tf.
    fn registers<'py>(&mut self, py: Python<'py>) -> PyResult<TouchedRegisters<'py>> {
        let registers = self.traced()?.touched_registers();
        Ok((
            PyArray1::from_iter(py, registers.iter().map(|register| register.t0)),
            PyArray1::from_iter(py, registers.iter().map(|register| register.vf)),
            PyArray1::from_iter(py, registers.iter().map(|register| register.tf)),
        ))
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyMachine>()
}
