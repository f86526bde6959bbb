// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a validation takes the reference implementation. Usage:
//
//     IPCPRIMS_ADDON=<package directory> node reference.cjs <directory>
//
// The directory holds channel_N.schema.json and N.messages, one message a line. For each line on
// stdin, a channel and how many milliseconds to take, one on stdout: nanoseconds for a message, and
// for a call that ends, by return or exception like the others, before it has to validate.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const addon = require(process.env.IPCPRIMS_ADDON);

const directory = process.argv[2];
const registry = addon.SchemaRegistry.fromDirectory(directory);
const channelWithoutSchema = 65535;
const noMessage = Buffer.alloc(0); // is no JSON

function isValid(channel, message) {
    try {
        registry.validate(channel, message);
        return true;
    } catch (error) {
        return false;
    }
}

// Processor time: others may be busy on the machine.
function nanosecondsOf(call, milliseconds) {
    const start = process.cpuUsage();
    let count = 0;
    let time = 0;
    while (time < milliseconds * 1e6) {
        for (let i = 0; i < 100; ++i)
            call(count++);
        const usage = process.cpuUsage(start);
        time = (usage.user + usage.system) * 1e3;
    }
    return time / count;
}

readline.createInterface({input: process.stdin}).on('line', (line) => {
    const [channel, milliseconds] = line.split(' ').map(Number);
    const messages = fs.readFileSync(path.join(directory, `${channel}.messages`), 'utf8')
        .trimEnd().split('\n').map((text) => Buffer.from(text));
    const areValid = isValid(channel, messages[0]);
    const validation = nanosecondsOf((i) => isValid(channel, messages[i % messages.length]),
        milliseconds);
    const call = nanosecondsOf((i) => areValid
        ? isValid(channelWithoutSchema, messages[i % messages.length])
        : isValid(channel, noMessage), milliseconds);
    process.stdout.write(`${areValid ? 1 : 0} ${validation} ${call}\n`);
});
