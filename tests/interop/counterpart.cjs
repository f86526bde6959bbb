// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The reference implementation at the other end of a test. Usage:
//
//     IPCPRIMS_ADDON=<package directory> node counterpart.cjs blocking|promise
//
// Each line on stdin is a command {"id", "do", ...} and gets one line on stdout: {"id", "ok": true, ...}
// or {"id", "ok": false, "message"}. A process has one listener and one peer, the latest of each.
//
// The two styles are the addon's two families of classes; both obey the same commands. Those of the
// blocking style run one after the other, those of the promise style side by side.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const readline = require('readline');
const addon = require(process.env.IPCPRIMS_ADDON);

const styles = {
    blocking: {
        Listener: addon.Listener,
        Peer: addon.Peer,
        receive: (peer) => peer.recv(),
        receiveOn: (peer, channel) => peer.recvOn(channel),
    },
    promise: {
        Listener: addon.AsyncListener,
        Peer: addon.AsyncPeer,
        receive: (peer) => peer.recvAsync(),
        receiveOn: (peer, channel) => peer.recvOnAsync(channel),
    },
};
const style = styles[process.argv[2]];

let listener = null;
let peer = null;

// Large payloads never travel through stdin and stdout: a command names a byte and a size, and an
// answer has a size and a hash.
function described({channel, payload}) {
    const sha256 = crypto.createHash('sha256').update(payload).digest('hex');
    return {channel, size: payload.length, sha256};
}

const commands = {
    async bind({path, channels}) {
        listener = style.Listener.bind(path, {channels});
    },
    async accept() {
        peer = await listener.accept();
    },
    async connect({path, channels, tokenHex}) {
        peer = await (tokenHex === undefined
            ? style.Peer.connect(path, channels)
            : style.Peer.connectWithAuth(path, channels, Buffer.from(tokenHex, 'hex')));
    },
    async takeToken() {
        const {present, token} = peer.takeClientAuthToken();
        return {present, tokenHex: present ? token.toString('hex') : undefined};
    },
    async sendText({channel, text}) {
        await peer.send(channel, Buffer.from(text));
    },
    async sendFilled({channel, size, fill}) {
        await peer.send(channel, Buffer.alloc(size, fill));
    },
    async receive() {
        return described(await style.receive(peer));
    },
    async receiveOn({channel}) {
        return described(await style.receiveOn(peer, channel));
    },
    // Numbered frames: their payloads are "0", "1", "2"...
    async sendNumbered({channel, count}) {
        for (let number = 0; number < count; ++number)
            await peer.send(channel, Buffer.from(String(number)));
    },
    async receiveNumbered({from, count}) {
        for (let number = from; number < from + count; ++number) {
            const text = (await style.receive(peer)).payload.toString();
            if (text !== String(number))
                throw new Error(`expected frame ${number}, received "${text}"`);
        }
    },
    async answerRequests({count}) {
        for (let answered = 0; answered < count; ++answered) {
            const {channel, payload} = await style.receive(peer);
            await peer.send(channel, Buffer.concat([Buffer.from('to '), payload]));
        }
    },
    async askNumbered({count, isPipelined}) {
        const ask = (number) => peer.send(addon.command(), Buffer.from(String(number)));
        for (let number = 0; isPipelined && number < count; ++number)
            await ask(number);
        for (let number = 0; number < count; ++number) {
            if (!isPipelined)
                await ask(number);
            const text = (await style.receiveOn(peer, addon.command())).payload.toString();
            if (text !== `to ${number}`)
                throw new Error(`expected the answer to ${number}, received "${text}"`);
        }
    },
    async ping() {
        await peer.ping();
    },
    async shutdown() {
        await peer.shutdown();
    },
    async close() {
        await peer.close();
    },
};

// Written synchronously, because the next command may block the thread for long.
function answer(id, result) {
    fs.writeSync(1, JSON.stringify({id, ...result}) + '\n');
}

readline.createInterface({input: process.stdin}).on('line', (line) => {
    const command = JSON.parse(line);
    commands[command.do](command).then(
        (result) => answer(command.id, {ok: true, ...result}),
        (error) => answer(command.id, {ok: false, message: error.message}));
}).on('close', () => process.exit());
