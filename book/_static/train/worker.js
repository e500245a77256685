// The worker of the page that trains: it has the digits, trains while the page draws, and answers between two steps.
//
// What the page sends says in `do` what to do, what it sends says in `is` what it is; `page.js` is the other side.
// The page names the modules, as only it knows their versions.

const MOST_AT_ONCE = 25;  // ms of training before the page is listened to
const TELL_EVERY = 150;  // ms between two reports, or more: on a busy machine they shall not take a tenth of the time
const SAMPLE = 1000;  // digits that are read for a report; at the end all
const BLOCK = 1000;  // digits that are made ready to be read at a time
const LARGEST_BATCH = 512;

/** As chapter 20's recipe, in eight passes over the 20,000 digits of the page. */
const FAST = { hidden: 64, optimizer: "adam", lr: 0.035, batch: 100, passes: 8, count: 20_000,
  options: { beta1: 0.85, beta2: 0.97, decay: 0.05, smoothing: 0.02 } };

let math, data;  // the modules
const sets = {};  // the digits that have been fetched: { pixels, y }, by name
let run = null;  // the training
let newest = null;  // the message that asked for it
let wake = () => {};  // ends a pause

const tell = (message, transfer = []) => postMessage(message, { transfer });

// ---- Files -------------------------------------------------------------------------------------------------------

/** The bytes of a file, which must be those that the site was made with. */
async function fetched({ url, bytes, sha256 }) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error("The digits could not be fetched: there is no way to the site. Train again when there is.");
  }
  const name = new URL(url).pathname.split("/").at(-1);
  if (!response.ok) throw new Error(`The file of digits, ${name}, is missing on this site (${response.status}).`);
  const content = await response.arrayBuffer();
  const sum = await globalThis.crypto?.subtle?.digest("SHA-256", content);  // only https and this machine have it
  const hex = sum && Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (content.byteLength !== bytes || (sum && hex !== sha256)) {
    throw new Error(`The file of digits, ${name}, came damaged. Load the page again.`);
  }
  return content;
}

async function digits(name, file) {
  if (!sets[name]) {
    const from = performance.now(), content = await fetched(file);
    sets[name] = data.unpack(await data.unzip(new Response(content).body));
    tell({ is: "fetched", name, bytes: content.byteLength, count: sets[name].y.length, ms: performance.now() - from });
  }
  return sets[name];
}

/** The digits to be tried on; a training goes on without them. */
const testDigits = ({ files, number }) =>
  digits("test", files.test).catch((error) => tell({ is: "note", of: number, words: error.message }));

/** The test digits as MNIST has them, in all their greys, out of its own files. */
async function greyDigits({ images, labels }) {
  if (!sets.grey) {
    const [pixels, y] = await Promise.all([images, labels].map(async (file) =>
      data.unzip(new Response(await fetched(file)).body)));
    sets.grey = { pixels: pixels.subarray(16), y: y.subarray(8) };  // behind the headers of the IDX format
  }
  return sets.grey;
}

// ---- A training --------------------------------------------------------------------------------------------------

/** The first `count` digits, evenly of all labels, and the reader's own, so often that they are a tenth more. */
function gather({ pixels, y }, { count, shuffled }, own, random) {
  if (count === y.length && !shuffled && !own.length) return { pixels, y };
  const every = y.length / count, copies = own.length ? Math.ceil(count / 10 / own.length) : 0;
  const N = count + copies * own.length, all = { pixels: new Uint8Array(N * 784), y: new Uint8Array(N) };
  for (let n = 0; n < count; n++) {
    const from = Math.floor(n * every);
    all.pixels.set(pixels.subarray(from * 784, (from + 1) * 784), n * 784);
    all.y[n] = y[from];
  }
  if (shuffled) data.shuffle(all.y.subarray(0, count), random);
  for (let i = 0; i < copies * own.length; i++) {
    const { x, label } = own[i % own.length];
    all.pixels.set(x, (count + i) * 784);
    all.y[count + i] = label;
  }
  return all;
}

class Run {
  constructor(asked, training) {
    this.asked = asked;
    this.fast = asked.settings.recipe === "fast";
    this.set = this.fast ? { ...asked.settings, ...FAST } : { ...asked.settings };
    this.random = data.uniform(this.set.seed);
    const { hidden, batch } = this.set, D = this.fast ? data.MEANS : 784;
    this.start = math.heNormal(data.normal(this.random), D, hidden);
    if (asked.weights) {
      const { W1 } = asked.weights;
      this.start = { ...asked.weights, W1: this.fast ? data.unfold(W1, hidden) : W1 };
    }
    this.digits = gather(training, this.set, asked.own, this.random);
    const N = this.digits.y.length;
    this.X = this.room(N);
    this.order = Int32Array.from({ length: N }, (_, n) => n);
    this.place = N;  // in the order: the next step begins a pass
    this.pass = asked.pass ?? 0;
    this.step = asked.step ?? 0;
    this.total = this.set.passes * Math.max(1, Math.floor(N / batch));
    this.paused = this.single = Boolean(asked.paused);
    this.ended = false;
    this.worked = this.due = 0;
    this.trainer = new math.Trainer(this.given);
    this.reader = new math.Trainer({ ...this.given, X: this.room(BLOCK), y: new Uint8Array(BLOCK), optimizer: "sgd" });
  }

  get given() {
    const { start, X } = this, { hidden, optimizer, lr, batch, options = {} } = this.set;
    return { start, X, y: this.digits.y, hidden, optimizer, lr, batch: Math.max(batch, LARGEST_BATCH), options };
  }

  /** Room for N pictures, in the form in which this network is fed. */
  room(N) {
    return this.fast ? new Float32Array(N * data.MEANS) : new Uint8Array(N * 784);
  }

  feed(X, pixels, by) {
    if (this.fast) data.fillPooled(X, pixels, by);
    else data.fill(X, pixels, by);
  }

  /** The rows of the next step; where all have had their turn, each is shifted anew, and the order too. */
  rows() {
    const batch = Math.min(this.set.batch, this.order.length);
    if (this.place + batch > this.order.length) {
      const most = this.fast || this.set.shifted ? 1 : 0;
      this.feed(this.X, this.digits.pixels, most ? data.shifts(this.order.length, most, this.random) : null);
      this.fed = true;
      data.shuffle(this.order, this.random);
      this.place = 0;
      this.pass += 1;
    }
    this.place += batch;
    return this.order.slice(this.place - batch, this.place);
  }

  async once() {
    const rows = this.next ?? this.rows();
    this.next = null;
    if (this.card && this.fed) await this.trainer.replace(this.X);  // it has pictures of its own
    this.fed = false;
    this.trainer.lr = this.set.lr * (this.fast ? math.warmUpAndDecay(this.step / this.total) : 1);
    await this.trainer.step(rows);
    this.step += 1;
    if (this.step >= this.total) this.ended = true;
  }

  /** The weights of the 784 pixels. */
  async weights() {
    const found = await this.trainer.weights();
    return this.fast ? { ...found, W1: data.fold(found.W1, this.set.hidden) } : found;
  }

  /** How many of these digits are read right. @param {number} [some] - of all */
  async right({ pixels, y }, some) {
    const picked = new Uint8Array(BLOCK * 784), labels = new Uint8Array(BLOCK);
    this.reader.put(await this.trainer.weights());
    let right = 0;
    for (let n = 0; n < some;) {
      let count = 0;
      for (; count < BLOCK && n < some; count++, n++) {
        const from = Math.floor(n * y.length / some);  // evenly of all labels
        picked.set(pixels.subarray(from * 784, (from + 1) * 784), count * 784);
        labels[count] = y[from];
      }
      this.feed(this.reader.X, picked, null);
      for (let i = 0; i < count; i++) right += Number(this.reader.predict(i) === labels[i]);
    }
    return right;
  }

  async score(set, some) {
    const count = Math.min(some, set.y.length);
    return { right: await this.right(set, count), count };
  }

  async report(is, some = SAMPLE) {
    const from = performance.now();
    const weights = await this.weights(), loss = await this.trainer.loss();
    const { step, total, pass, worked } = this, read = {};
    this.told = step;
    if (sets.test) read.test = await this.score(sets.test, some);
    if (!this.fast) read.training = await this.score(this.digits, some);
    tell({ is, of: this.asked.number, step, total, pass, worked, loss, weights, read }, Object.values(weights).map((array) => array.buffer));
    const now = performance.now();
    this.due = now + Math.max(TELL_EVERY, Math.min(1000, 9 * (now - from)));
  }
}

/** What an error says, with a full stop. */
const sentence = ({ message }) => message.replace(/[.]?$/, ".");

/** Let what the page has sent meanwhile come in. A timer of a worker would wait 4 ms. */
const breathe = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(null);
});

/** The graphics card instead of this thread, if it computes the same: three steps of both, from the same start. */
async function tryCard(mine, url) {
  try {
    const { Trainer } = await import(url);
    const card = new Trainer(mine.given), here = new math.Trainer(mine.given), first = mine.rows();
    mine.place = 0;  // these rows come again
    for (let i = 0; i < 3; i++) await Promise.all([card, here].map((trainer) => trainer.step(first)));
    const [theirs, ours] = await Promise.all([card.weights(), here.weights()]);
    const most = Object.keys(ours).reduce((worst, name) =>
      ours[name].reduce((far, w, i) => Math.max(far, Math.abs(w - theirs[name][i])), worst), 0);
    card.dispose();
    if (!(most < 1e-3)) throw new Error(`It does not compute the same: after three steps a weight differs by ${most}.`);
    mine.trainer = new Trainer(mine.given);
    mine.card = await mine.trainer.name?.() ?? "a graphics card";
    tell({ is: "card", of: mine.asked.number, name: mine.card, most });
  } catch (error) {
    tell({ is: "note", of: mine.asked.number, words: `${sentence(error)} So JavaScript trains.` });
  }
}

async function loop(mine) {
  if (!mine.asked.weights) await mine.report("progress");
  while (run === mine && !mine.ended) {
    if (mine.paused && !mine.single) {
      if (mine.told !== mine.step) await mine.report("progress");  // where it stands
      await new Promise((resolve) => (wake = resolve));
      continue;
    }
    const from = performance.now(), { single } = mine;
    mine.single = false;
    do await mine.once();
    while (!single && !mine.ended && performance.now() < from + MOST_AT_ONCE);
    mine.worked += performance.now() - from;
    if (!mine.ended && (single || performance.now() > mine.due)) await mine.report("progress");
    await breathe();
  }
  if (run !== mine) return mine.trainer.dispose();
  await mine.trainer.weights();  // a graphics card may still be at work
  tell({ is: "trained", of: mine.asked.number, step: mine.step, worked: mine.worked });
  await testDigits(mine.asked);
  await mine.report("done", Infinity);
}

async function train(mine) {
  run = mine;
  if (mine.asked.card) await tryCard(mine, mine.asked.modules.card);
  try {
    await loop(mine);
  } catch (error) {
    if (!mine.card) throw error;
    // The card is gone, and with it what the optimizer remembers. The weights that were told last are the page's.
    if (run === mine) tell({ is: "lost", of: mine.asked.number, words: sentence(error) });
  }
}

async function begin(message) {
  newest = message;
  run = null;
  wake();
  math ??= await import(message.modules.trainer);
  data ??= await import(message.modules.data);
  const training = await digits("digits", message.files.digits);
  if (newest !== message) return;  // "Train" was pressed again meanwhile
  testDigits(message);
  await train(new Run(message, training));
}

/** Read all test digits in their greys. */
async function check({ files, weights, number }) {
  const set = await greyDigits(files).catch((error) => tell({ is: "unchecked", of: number, words: sentence(error) }));
  if (!set) return;
  const hidden = weights.b1.length;
  const reader = new math.Trainer({ start: weights, X: set.pixels, y: set.y, hidden, optimizer: "sgd", lr: 0, batch: 1 });
  let right = 0;
  for (let n = 0; n < set.y.length; n++) right += Number(reader.predict(n) === set.y[n]);
  tell({ is: "checked", of: number, right, count: set.y.length });
}

const ACTIONS = {
  start: begin,
  check,
  pause() {
    if (run) run.paused = true;
  },
  go() {
    if (run) run.paused = false;
    wake();
  },
  step() {
    if (run) run.paused = run.single = true;
    wake();
  },
  set({ lr, batch }) {
    if (run && !run.fast) Object.assign(run.set, { lr, batch: Math.min(batch, LARGEST_BATCH) });
  },
};

addEventListener("message", async ({ data: message }) => {
  try {
    await ACTIONS[message.do](message);
  } catch (error) {
    tell({ is: "failed", of: message.number, words: sentence(error) });
  }
});
