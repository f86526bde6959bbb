// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The reference implementation's verdicts. Usage:
//
//     IPCPRIMS_ADDON=<package directory> node judge.cjs <directory of schemas> <file>
//
// Each line of the file is a channel, a blank and a payload. One digit on stdout for each: 1 if the
// payload is valid, else 0.
'use strict';

const fs = require('fs');
const addon = require(process.env.IPCPRIMS_ADDON);

const registry = addon.SchemaRegistry.fromDirectory(process.argv[2]);
let verdicts = '';
for (const line of fs.readFileSync(process.argv[3], 'utf8').split('\n')) {
    const blank = line.indexOf(' ');
    if (blank < 0)
        continue;
    try {
        registry.validate(Number(line.slice(0, blank)), Buffer.from(line.slice(blank + 1)));
        verdicts += '1';
    } catch (error) {
        verdicts += '0';
    }
}
process.stdout.write(verdicts);
