// nodemailer's smtp-server as an accept peer: it forgets every letter.  node smtp_server.js PORT
const { SMTPServer } = require('smtp-server');

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  size: 100000000,
  onData(stream, session, done) {
    stream.on('data', () => {});
    stream.on('end', () => done());
  },
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
