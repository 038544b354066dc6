use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde_json::value::RawValue;

use super::State;

/// Why the log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file cannot be opened, read or written.
    #[error("the sandbox's log {path} cannot be used: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process has it open.
    #[error("another sandbox is using {path}: stop it, or choose another folder")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A line in the middle cannot be understood.
    #[error("line {line} of the sandbox's log {path} cannot be read: {source}. Delete the folder to start afresh")]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// The log on disk: one line a request, a JSON array of `[table, key, row or null]`.
///
/// A line reaches the operating system before its request is answered, so killing the process loses nothing.
pub struct Log {
    path: PathBuf,
    file: File,
    /// Its size, in bytes.
    size: u64,
    /// At this size it is written anew.
    full: u64,
}

impl Log {
    const NAME: &str = "sandbox.log";
    /// Below this size a log is not worth compacting, in bytes.
    const SMALL: u64 = 256 * 1024;
    /// A log that is being written to is written anew when it has grown by this and to four times what it was, in bytes:
    /// so it stays in proportion to what it says, and is not written anew for ever.
    const GROWN: u64 = 64 * 1024 * 1024;

    /// Opens the log in `folder`, which is made if need be, and carries what it says out on `state`.
    pub fn open(folder: &Path, state: &mut State) -> Result<Self, LogError> {
        let path = folder.join(Self::NAME);
        let io = |source| LogError::Io { path: path.clone(), source };
        std::fs::create_dir_all(folder).map_err(io)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(io)?;
        lock(&file, &path)?;
        let entries = replay(&mut file, &path, state)?;
        let rows: usize = state.tables().iter().map(|(_, table)| table.rows()).sum();
        let size = file.metadata().map_err(io)?.len();
        let mut log = Self { path, file, size, full: Self::limit(size) };
        if size > Self::SMALL && entries > 3 * rows {
            log.rewrite(state)?;
        }
        Ok(log)
    }

    /// Writes the changes of one request as one line and makes them final. Without changes nothing is written; when
    /// the line cannot be written, nothing of it stays and the changes can still be undone.
    pub fn append(&mut self, state: &mut State) -> Result<(), LogError> {
        let line = batch(state).map_err(|source| self.io(source.into()))?;
        if let Err(source) = self.file.write_all(&line) {
            let _ = self.file.set_len(self.size);
            return Err(self.io(source));
        }
        self.size += line.len() as u64;
        state.settle();
        if self.size >= self.full
            && let Err(error) = self.rewrite(state)
        {
            // What was answered is in the log as it is; the next try is when it has grown as much again.
            tracing::warn!(%error, "the log could not be written anew");
            self.full = Self::limit(self.size);
        }
        Ok(())
    }

    fn limit(size: u64) -> u64 {
        (size + Self::GROWN).max(size * 4)
    }

    /// Replaces the log by one that says the present state and nothing of how it came about.
    pub fn rewrite(&mut self, state: &mut State) -> Result<(), LogError> {
        let fresh = self.path.with_extension("new");
        let mut write = || -> io::Result<File> {
            let file = OpenOptions::new().read(true).append(true).create(true).open(&fresh)?;
            file.set_len(0)?;
            let mut out = BufWriter::new(&file);
            for (name, table) in state.tables() {
                table.dump(name, &mut |line| out.write_all(line))?;
            }
            out.flush()?;
            drop(out);
            file.sync_all()?;
            std::fs::rename(&fresh, &self.path)?;
            Ok(file)
        };
        let file = write().map_err(|source| self.io(source))?;
        lock(&file, &self.path)?;
        self.size = file.metadata().map_err(|source| self.io(source))?.len();
        self.full = Self::limit(self.size);
        self.file = file;
        Ok(())
    }

    fn io(&self, source: io::Error) -> LogError {
        LogError::Io { path: self.path.clone(), source }
    }
}

/// The changes of all tables as one line; empty when there are none.
fn batch(state: &mut State) -> serde_json::Result<Vec<u8>> {
    let mut line = Vec::new();
    for (name, table) in state.tables() {
        table.changes(name, &mut line)?;
    }
    if let Some(first) = line.first_mut() {
        *first = b'[';
        line.extend_from_slice(b"]\n");
    }
    Ok(line)
}

fn lock(file: &File, path: &Path) -> Result<(), LogError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(std::fs::TryLockError::WouldBlock) => Err(LogError::InUse { path: path.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(LogError::Io { path: path.to_owned(), source }),
    }
}

/// Carries every line out and gives the number of changes. A last line without its end was being written when the
/// process died: it was never answered, and is cut off.
fn replay(file: &mut File, path: &Path, state: &mut State) -> Result<usize, LogError> {
    let io = |source| LogError::Io { path: path.to_owned(), source };
    let mut reader = BufReader::with_capacity(1 << 20, &*file);
    let (mut line, mut number, mut good, mut entries) = (Vec::new(), 0, 0, 0);
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).map_err(io)?;
        if read == 0 {
            break;
        }
        if line.last() != Some(&b'\n') {
            break;
        }
        number += 1;
        good += read as u64;
        let broken = |source| LogError::Broken { path: path.to_owned(), line: number, source };
        let changes: Vec<(&str, String, &RawValue)> = serde_json::from_slice(&line).map_err(broken)?;
        entries += changes.len();
        let mut tables = state.tables();
        for (name, key, row) in changes {
            if let Some((_, table)) = tables.iter_mut().find(|(known, _)| *known == name) {
                table.replay(key, row).map_err(broken)?;
            }
        }
    }
    drop(reader);
    if file.metadata().map_err(io)?.len() > good {
        file.set_len(good).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_use_stays_in_proportion_to_what_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::default();
        let mut log = Log::open(folder.path(), &mut state).unwrap();
        let text = "x".repeat(1024 * 1024);
        let mut largest = 0;
        for n in 0..70 {
            state.directory.roles.put("one", format!("{n}{text}"));
            log.append(&mut state).unwrap();
            largest = largest.max(log.size);
        }
        let on_disk = std::fs::metadata(folder.path().join(Log::NAME)).unwrap().len();
        assert!(
            largest < Log::GROWN + 2 * 1024 * 1024 && on_disk == log.size && on_disk < 10 * 1024 * 1024,
            "{on_disk}"
        );
        drop(log);
        let mut again = State::default();
        Log::open(folder.path(), &mut again).unwrap();
        assert_eq!(again.directory.roles.get("one"), Some(&format!("69{text}")));
    }
}
