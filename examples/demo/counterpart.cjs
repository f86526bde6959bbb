// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The helper process of the demo once more, on the reference implementation: its published Node
// addon. What it can be asked for is described in work.h.
//
//     IPCPRIMS_ADDON=<package directory> node counterpart.cjs connect|listen PATH
//
// The addon's blocking classes are used because its promise classes can't receive a frame of
// exactly 16 MiB.

'use strict';

const { createHash } = require('node:crypto');
const { writeSync } = require('node:fs');
const ipcprims = require(process.env.IPCPRIMS_ADDON);

const COMMAND = ipcprims.command();
const DATA = ipcprims.data();
const TELEMETRY = ipcprims.telemetry();
const CHANNELS = [COMMAND, DATA, TELEMETRY];

function openSession(action, path) {
    if (action === 'connect')
        return ipcprims.Peer.connect(path, CHANNELS);
    if (action !== 'listen')
        throw new Error('usage: counterpart.cjs connect|listen PATH');

    const listener = ipcprims.Listener.bind(path, { channels: CHANNELS });
    writeSync(1, 'listening\n'); // at once: accept() blocks this thread
    const peer = listener.accept();
    listener.close();
    return peer;
}

// Waits for the next frame; null once the session is over. The addon doesn't tell an orderly end from
// a broken connection here; the program at the other end does.
function receive(peer) {
    for (;;) {
        try {
            return peer.recv();
        } catch (error) {
            if (error.message.includes('timed out'))
                continue; // nothing came for 5 s; the session lives on
            if (error.message.includes('peer disconnected'))
                return null;
            throw error;
        }
    }
}

function inverted(block) {
    const result = Buffer.allocUnsafe(block.length);
    for (let i = 0; i < block.length; ++i)
        result[i] = ~block[i];
    return result;
}

function serve(peer) {
    const answer = (object) => peer.send(COMMAND, Buffer.from(JSON.stringify(object)));
    let samplesSent = 0;
    let samplesWanted = 0;

    const sendSamples = (end) => {
        for (; samplesSent < end; ++samplesSent) {
            const sample = { sample: samplesSent, load: (samplesSent * 37) % 101 };
            peer.send(TELEMETRY, Buffer.from(JSON.stringify(sample)));
        }
    };

    const obey = (request) => {
        switch (request.command) {
        case 'add':
            answer({ id: request.id, sum: request.a + request.b });
            return true;
        case 'transfer':
            samplesSent = 0;
            samplesWanted = request.samples;
            sendSamples(samplesWanted / 2);
            return true;
        case 'ping':
            answer({ milliseconds: peer.ping() });
            return true;
        case 'shutdown':
            peer.shutdown();
            return false;
        default:
            throw new Error('unknown command');
        }
    };

    for (let frame = receive(peer); frame !== null; frame = receive(peer)) {
        if (frame.channel === COMMAND) {
            if (!obey(JSON.parse(frame.payload)))
                return;
        } else if (frame.channel === DATA) {
            answer({ sha256: createHash('sha256').update(frame.payload).digest('hex') });
            peer.send(DATA, inverted(frame.payload));
            sendSamples(samplesWanted);
        }
    }
}

try {
    const [action, path] = process.argv.slice(2);
    const peer = openSession(action, path);
    serve(peer);
    peer.close();
} catch (error) {
    console.error(`counterpart: ${error.message}`);
    process.exitCode = 1;
}
