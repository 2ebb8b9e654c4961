#!/usr/bin/env node
// A `solc` program made of the npm package `solc`, for the two ways in which py-solc-x calls it:
//   solc --version
//   solc --standard-json [--base-path DIR] [--include-path DIR]... [--allow-paths ...]
// It is reached through a symbolic link: Node resolves the link, so that require() looks in the
// node_modules folder beside this file's parent.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const folder = path.dirname(require.resolve('solc/package.json'));

function load() {
  const compiler = require(folder);
  // The WebAssembly runtime installs handlers that would hide our own failures.
  process.removeAllListeners('uncaughtException');
  process.removeAllListeners('unhandledRejection');
  return compiler;
}

// The version with its commit is known only to the compiler, which takes half a second to load and
// is asked several times in each build: keep the answer beside it.
function version() {
  const kept = path.join(folder, '.version');
  try {
    return fs.readFileSync(kept, 'utf8');
  } catch {
    const found = load().version();
    const draft = `${kept}.${process.pid}`;
    try {
      fs.writeFileSync(draft, found);
      fs.renameSync(draft, kept);
    } catch { /* a folder that cannot be written: load it each time */ }
    return found;
  }
}

function option(args, name) {
  return args.flatMap((arg, i) => (arg === name ? [args[i + 1]]
    : arg.startsWith(`${name}=`) ? [arg.slice(name.length + 1)] : []));
}

// Ape compiles a copy of the project's contracts, without node_modules: that folder's parent is a root too.
function compile(args) {
  const roots = [...option(args, '--base-path'), ...option(args, '--include-path')];
  const packages = path.resolve(folder, '..', '..');
  const read = (name) => {
    for (const root of [...(roots.length ? roots : ['.']), packages]) {
      const file = path.resolve(root, name);
      if (fs.existsSync(file)) return { contents: fs.readFileSync(file, 'utf8') };
    }
    return { error: `file not found: ${name}` };
  };
  return load().compile(fs.readFileSync(0, 'utf8'), { import: read });
}

const args = process.argv.slice(2);
if (args.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version()}\n`);
} else if (args.includes('--standard-json')) {
  process.stdout.write(`${compile(args)}\n`);
} else {
  process.stderr.write('solc: only --version and --standard-json are served\n');
  process.exitCode = 2;
}
