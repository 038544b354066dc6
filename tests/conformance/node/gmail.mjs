// A mailbox with Google's Node client, step for step as tests/clients/gmail.rs plays it with our library.
import {Readable} from 'node:stream';
import {ANN, BOB, ctl, end, refused, say, service} from './play.mjs';

const SCOPES = ['https://mail.google.com/'];
const ann = (await service('gmail', 'v1', ANN, SCOPES)).users, bob = (await service('gmail', 'v1', BOB, SCOPES)).users;
const me = more => ({userId: 'me', ...more});
const data = async call => (await call).data;
const b64 = text => Buffer.from(text).toString('base64');
const word = text => `=?UTF-8?B?${b64(text)}?=`;
const raw = text => Buffer.from(text.replaceAll('\n', '\r\n')).toString('base64url');
const field = (message, name) => message.payload.headers.find(h => h.name.toLowerCase() === name).value;
const sorted = list => [...list].sort();

// Sending, with text, HTML and a file
const MAIL = `To: ${BOB}
Subject: ${word('面試通知 – interview')}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

${b64('您好\n')}
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

${b64('<p>您好</p>')}
--inner--
--outer
Content-Type: application/pdf
Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent('履歴書.pdf')}
Content-Transfer-Encoding: base64

${b64('%PDF-')}
--outer--
`;
const startHistoryId = (await bob.getProfile(me())).data.historyId;
const sent = await data(ann.messages.send(me({requestBody: {raw: raw(MAIL)}})));
say('sent', sorted(sent.labelIds));
const page = await data(bob.messages.list(me({labelIds: ['INBOX', 'UNREAD']})));
say('inbox', page.messages.length);
const got = await data(bob.messages.get(me({id: page.messages[0].id})));
const subject = field(got, 'subject');
say('subject', subject);
say('from', field(got, 'from'));
say('labels', sorted(got.labelIds));
say('snippet', got.snippet);
const leaves = part => part.parts?.length ? part.parts.flatMap(leaves) : [part];
const [text, html, file] = leaves(got.payload);
const decoded = part => Buffer.from(part.body.data, 'base64url').toString().trim();
say('text', decoded(text));
say('html', decoded(html));
say('file', [file.filename, file.mimeType, file.body.size]);
const attachment = await data(bob.messages.attachments.get(me({messageId: got.id, id: file.body.attachmentId})));
say('attachment', Buffer.from(attachment.data, 'base64url').toString());

// An answer in the conversation
const id = field(got, 'message-id');
const ANSWER = `To: ${ANN}
Subject: ${word('Re: ' + subject)}
In-Reply-To: ${id}
References: ${id}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

${b64('はい\n')}
`;
const replied = await data(bob.messages.send(me({requestBody: {raw: raw(ANSWER), threadId: got.threadId}})));
say('answered', replied.threadId === got.threadId);
const thread = await data(ann.threads.get(me({id: sent.threadId, format: 'metadata', metadataHeaders: ['Subject']})));
say('thread', thread.messages.map(m => sorted(m.labelIds)));

// Labels, archive, history
const wanted = me({requestBody: {name: '面試/2026'}});
const label = await data(bob.labels.create(wanted));
say('label', [label.name, label.type]);
await refused('label_twice', bob.labels.create(wanted));
const moved = await data(bob.messages.modify(me({id: got.id, requestBody: {addLabelIds: [label.id], removeLabelIds: ['UNREAD', 'INBOX']}})));
say('moved', moved.labelIds.join() === label.id);
const counts = await data(bob.labels.get(me({id: label.id})));
say('counts', [counts.messagesTotal, counts.messagesUnread]);
await bob.labels.patch(me({id: label.id, requestBody: {name: 'done'}}));
await refused('unknown_label', bob.messages.modify(me({id: got.id, requestBody: {addLabelIds: ['Nope']}})));
const {history} = await data(bob.history.list(me({startHistoryId})));
say('history', history.map(record => Object.keys(record).find(key => key !== 'id' && key !== 'messages')));
const found = [];
for (const q of [`from:${ANN}`, 'label:done has:attachment', 'is:unread', 'subject:nothing']) {
  found.push(((await data(bob.messages.list(me({q})))).messages ?? []).length);
}
say('search', found);

// Drafts
let draft = await data(ann.drafts.create(me({requestBody: {message: {raw: raw(ANSWER)}}})));
draft = await data(ann.drafts.update(me({id: draft.id, requestBody: {message: {raw: raw(MAIL)}}})));
say('drafts', (await data(ann.drafts.list(me()))).drafts.length);
say('draft', field((await data(ann.drafts.get(me({id: draft.id})))).message, 'subject'));
const send = () => ann.drafts.send(me({requestBody: {id: draft.id}}));
say('draft_sent', sorted((await data(send())).labelIds));
await refused('draft_again', send());
const gone = await data(ann.drafts.create(me({requestBody: {message: {raw: raw(MAIL)}}})));
await ann.drafts.delete(me({id: gone.id}));

// Into the mailbox without sending; bin; deleting
const OLD = 'Subject: old\r\nDate: Fri, 02 Oct 2026 10:00:00 +0000\r\nFrom: x@elsewhere.test\r\n\r\nold\r\n';
const into = more => me({requestBody: {labelIds: ['INBOX']}, media: {mimeType: 'message/rfc822', body: Readable.from([OLD])}, ...more});
const put = await data(ann.messages.insert(into({internalDateSource: 'dateHeader'})));
const imported = await data(ann.messages.import(into()));
const read = await data(ann.messages.get(me({id: put.id, format: 'minimal'})));
say('inserted', [sorted(put.labelIds), read.internalDate]);
say('trashed', sorted((await data(ann.messages.trash(me({id: put.id})))).labelIds));
say('untrashed', sorted((await data(ann.messages.untrash(me({id: put.id})))).labelIds));
await ann.messages.batchModify(me({requestBody: {ids: [put.id, imported.id], addLabelIds: ['STARRED']}}));
say('starred', (await data(ann.messages.list(me({q: 'is:starred'})))).messages.length);
await ann.messages.delete(me({id: put.id}));
await ann.messages.batchDelete(me({requestBody: {ids: [imported.id]}}));
await refused('deleted', ann.messages.get(me({id: put.id})));

// This client knows no resumable uploads; what comes of them is the same message.
const LARGE = `To: ${BOB}\r\nSubject: large\r\nDate: Fri, 02 Oct 2026 10:00:00 +0000\r\n\r\n` + '0123456789\r\n'.repeat(50_000);
const whole = {mimeType: 'message/rfc822', body: Readable.from([LARGE])};
const large = await data(ann.messages.insert(into({internalDateSource: 'dateHeader', media: whole})));
const sizes = await data(ann.messages.get(me({id: large.id, format: 'minimal'})));
say('in_pieces', [sorted(large.labelIds), sizes.sizeEstimate, sizes.internalDate]);
await ann.messages.delete(me({id: large.id}));
const profile = await data(ann.getProfile(me()));
say('profile', [profile.emailAddress, profile.messagesTotal, profile.threadsTotal]);

// Settings and the end of a history
say('send_as', (await data(ann.settings.sendAs.list(me()))).sendAs.map(one => [one.sendAsEmail, one.isPrimary]));
say('signature', (await data(ann.settings.sendAs.get(me({sendAsEmail: ANN})))).signature);
say('vacation', (await data(ann.settings.getVacation(me()))).enableAutoReply);
await ctl.call('POST', '/mail-history', {account: BOB});
await refused('too_old', bob.history.list(me({startHistoryId})));
await refused('no_recipient', ann.messages.send(me({requestBody: {raw: Buffer.from(OLD).toString('base64url')}})));
const {threads} = await data(bob.threads.list(me()));
say('threads', threads.length);
for (const {id} of threads) {
  await bob.threads.modify(me({id, requestBody: {addLabelIds: ['STARRED']}}));
  await bob.threads.trash(me({id}));
  await bob.threads.untrash(me({id}));
  await bob.threads.delete(me({id}));
}
say('empty', (await data(bob.threads.list(me()))).resultSizeEstimate);
await bob.labels.delete(me({id: label.id}));
say('labels_left', (await data(bob.labels.list(me()))).labels.length);
end();
