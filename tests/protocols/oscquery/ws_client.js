// A client with npm's ws: node ws_client.js PACKAGE PORT. It listens to blend, sets noise as OSC, and tells what it hears.
const [, , path, port] = process.argv;
const WebSocket = require(path);
const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
const padded = text => Buffer.from(text + '\0'.repeat(4 - text.length % 4));

socket.on('open', () => {
    socket.send(JSON.stringify({ COMMAND: 'LISTEN', DATA: '/deepsing/param/blend' }));
    const value = Buffer.alloc(4);
    value.writeFloatBE(0.75);
    socket.send(Buffer.concat([padded('/deepsing/param/noise'), padded(',f'), value]));
});
socket.on('message', (data, isBinary) => console.log(JSON.stringify({ binary: isBinary, hex: data.toString('hex') })));
socket.on('close', code => console.log(JSON.stringify({ closed: code })));
