// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A server of the reference implementation that may be killed at any moment: it writes each command
// down before it acknowledges it, so that what it has acknowledged can be looked up afterwards. Usage:
//
//     IPCPRIMS_ADDON=<package directory> node journalserver.cjs blocking|promise <socket> <file>
'use strict';

const fs = require('fs');
const addon = require(process.env.IPCPRIMS_ADDON);

const [style, path, file] = process.argv.slice(2);
const isBlocking = style === 'blocking';
const journal = fs.openSync(file, 'a');
const listener = (isBlocking ? addon.Listener : addon.AsyncListener).bind(path, {channels: [1, 2, 3, 4]});

async function serve(peer) {
    for (;;) {
        const {channel, payload} = await (isBlocking ? peer.recv() : peer.recvAsync());
        fs.writeSync(journal, `${payload}\n`);
        await peer.send(channel, payload);
    }
}

async function main() {
    for (;;) {
        try {
            await serve(await listener.accept());
        } catch (error) {
            // That client has gone, or none has come yet.
        }
    }
}

main();
