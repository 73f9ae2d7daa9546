// The doors that take access tokens, and what each of them says to one.

/** Our own socket: who the first token lets in, and whether the second renews it. */
export async function socket(url, token, renewal) {
  const line = await open(`${url.replace("http", "ws")}/ws`, "yoriai.v1");
  line.send(JSON.stringify({ hello: { token } }));
  const { welcome } = await line.first((text) => JSON.parse(text), (frame) => frame.welcome || frame.refused);
  line.send(JSON.stringify({ request: { ref: 1, command: { renew_token: { token: renewal } } } }));
  const { reply } = await line.first((text) => JSON.parse(text), (frame) => frame.reply);
  line.close();
  return { identity: welcome?.identity, renewed: "renewed" in (reply.ok ?? {}) };
}

/** The tunnel of the official browser SDK: who the first token lets in, and whether the second renews it. */
export async function tunnel(url, token, renewal) {
  const line = await open(`${url.replace("http", "ws")}/v3/wsconnect`);
  const asks = async (header) => {
    const text = JSON.stringify({ ...header, payload_size: 0 });
    line.send(Buffer.from(`TWILSOCK V3.0 ${Buffer.byteLength(text)}\r\n${text}\r\n`));
    return line.first(takenApart, (packet) => packet.header.method === "reply" && packet.header.id === header.id);
  };
  const init = await asks({ method: "init", id: "TM1", token, capabilities: ["client_update"] });
  const request = { host: "aim.example.org", path: "/Client/v1/Configuration", method: "GET", params: {}, headers: {} };
  const who = await asks({ method: "message", id: "TM2", active_grant: "ip_messaging", payload_type: "application/json", http_request: request });
  const update = await asks({ method: "update", id: "TM3", token: renewal });
  line.close();
  return { identity: init.header.status.code === 200 ? who.payload.identity : undefined, renewed: update.header.status.code === 200 };
}

async function open(url, ...protocols) {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const heard = [];
  let wake = () => {};
  const hears = (what) => {
    heard.push(what);
    wake();
  };
  socket.onmessage = ({ data }) => hears(typeof data === "string" ? data : Buffer.from(data).toString());
  socket.onclose = ({ code }) => hears(new Error(`closed with ${code}`));
  await new Promise((opened, failed) => Object.assign(socket, { onopen: opened, onerror: failed }));
  return {
    send: (what) => socket.send(what),
    close: () => socket.close(),
    async first(read, isIt) {
      for (;;) {
        while (!heard.length) await new Promise((come) => (wake = come));
        const what = heard.shift();
        if (what instanceof Error) throw what;
        const said = read(what);
        if (isIt(said)) return said;
      }
    },
  };
}

function takenApart(text) {
  const [line, header, payload] = text.split("\r\n");
  if (!line.startsWith("TWILSOCK")) throw new Error(`A packet was expected: ${line}`);
  return { header: JSON.parse(header), payload: payload ? JSON.parse(payload) : null };
}
