// Reads letters with nodemailer's mailparser: base64 lines in, a line of JSON for each out.
const { simpleParser } = require("mailparser");

async function main() {
  const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
  for (const line of lines) {
    const mail = await simpleParser(Buffer.from(line, "base64"));
    console.log(JSON.stringify({
      from: mail.from.value,
      to: mail.to.value,
      subject: mail.subject,
      messageId: mail.messageId,
      inReplyTo: mail.inReplyTo,
      references: mail.references,
      date: mail.date,
      text: mail.text,
      html: mail.html,
      attachments: mail.attachments.map((one) => ({
        name: one.filename,
        type: one.contentType,
        content: one.content.toString("base64"),
        cid: one.cid,
      })),
    }));
  }
}

main();
