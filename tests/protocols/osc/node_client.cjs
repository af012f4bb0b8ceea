// A client of npm's node-osc: says on stdout, as JSON, what its listeners hear; does what comes on stdin, as JSON.
// node node_client.cjs NODE_OSC PORT
const { Server, Bundle } = require(process.argv[2]);
const say = (...words) => console.log(JSON.stringify(words));
let mirrored = '';

const server = new Server(0, '127.0.0.1', () => say('listening'));
const send = (message) => server.send(message, Number(process.argv[3]), '127.0.0.1');
server.on('message', (message) => {
    say('message', ...message);
    if (message[0] === mirrored) {
        setTimeout(() => send(message).then(() => say('returned', ...message)), 40);
    }
});
server.on('bundle', () => say('bundle'));

require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { message, bundle, at = 0, mirror } = JSON.parse(line);    // at: of the bundle, in seconds since 1970
    if (message) send(message);
    if (bundle) send(new Bundle(at, ...bundle));
    if (mirror) mirrored = mirror;
}).on('close', () => process.exit(0));
