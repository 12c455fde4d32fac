// Opens pages that ftlint writes in Chromium: node browser.mjs DIR CHROMIUM,
// where DIR has ftlint and node_modules. See .ci/browser.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [dir, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(join(dir, "package.json"))("playwright-core");
const demo = "testdata/demo/", fixtures = "testdata/fixtures/";

// ftlint writes a page and returns its path.
function page(name, status, ...args) {
	const path = join(dir, name + ".html");
	const run = spawnSync(join(dir, "ftlint"), [...args, "-o", "html=" + path], { encoding: "utf8" });
	assert.equal(run.status, status, `ftlint ${args.join(" ")}: ${run.stderr}`);
	return path;
}

// hostile writes a dataset that tries to break out of the page.
function hostile() {
	const attacks = [
		"</script><script>window.injected=1</script>", '"><img src=x onerror=window.injected=1>',
		"' onmouseover='window.injected=1", "</title></style></svg><svg onload=window.injected=1>", "<!--", "]]>",
		"{{.Title}}", "<a href=javascript:window.injected=1>x</a>", "\u202E\u2066right to left\u2069", "\u200B\u200F\uFEFF",
		"e" + "\u0301".repeat(500), "\u001b[31m\u0000", "אבג 123 دهو", "<b>&lt;</b>".repeat(10000), "W".repeat(100000),
		"<link rel=stylesheet href=http://127.0.0.1:9/x><iframe src=http://127.0.0.1:9/y></iframe>",
		"<style>*{display:none}</style>", "<meta http-equiv=refresh content=0;url=http://127.0.0.1:9/>",
	];
	const lines = [];
	for (const s of attacks) {
		const messages = [{ role: "system", content: s }, { role: "user", content: s, name: s }, { role: "assistant", content: s }];
		const tools = [{ type: "function", function: { name: s, parameters: {} } }];
		lines.push(JSON.stringify({ messages, tools }), JSON.stringify({ messages, [s]: s }));
		lines.push(JSON.stringify({ messages: [{ role: s, content: s, [s]: s }, { role: "assistant", content: 1, weight: s }] }));
		lines.push('{"messages":[' + s, s);
	}
	const folder = join(dir, "x<");
	mkdirSync(folder);
	const file = join(folder, "script><img src=x onerror=window.injected=1>\u202E\"'.jsonl");
	writeFileSync(file, lines.join("\n"));
	return file;
}

const trap = hostile();
const pages = {
	demo: page("demo", 1, "check", "--stats", "--snippets", "on", demo + "train.jsonl", demo + "valid.jsonl", "--model", "gpt-4.1-mini", "--profile", "both"),
	clean: page("clean", 0, "check", demo + "train.clean.jsonl"),
	stats: page("stats", 0, "stats", demo + "train.clean.jsonl", demo + "valid.jsonl", "--model", "gpt-4.1"),
	files: page("files", 2, "check", "--stats", fixtures),
	dpo: page("dpo", 0, "stats", fixtures + "dpo.jsonl"),
	tools: page("tools", 0, "stats", fixtures + "tool-calls.jsonl"),
	limit: page("limit", 0, "stats", fixtures + "over-limit.jsonl", "--model", "gpt-35-turbo-0613"),
	images: page("images", 1, "check", "--stats", "--snippets", "on", fixtures + "images.jsonl"),
	hostile: page("hostile", 1, "check", "--stats", "--method", "sft", "--snippets", "on", "--max-per-group", "0", trap),
	others: page("others", 0, "stats", "--method", "sft", "--snippets", "on", trap, demo + "valid.jsonl"),
};

const browser = await chromium.launch({
	executablePath,
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// open opens a page in a fresh profile and gathers what it should not do.
async function open(path, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const p = await context.newPage();
	const faults = [], url = pathToFileURL(path).href;
	p.on("console", (m) => faults.push("console: " + m.text()));
	p.on("pageerror", (e) => faults.push("error: " + e.message));
	p.on("request", (r) => r.url() === url || r.url().startsWith("data:image/jpeg;base64,") || faults.push("request: " + r.url()));
	p.on("dialog", (d) => { faults.push("dialog"); d.dismiss(); });
	await p.goto(url);
	return { p, faults, close: () => context.close() };
}

// Inside of the page: the texts that are too faint, with their contrast.
function faint() {
	const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
	const luminance = ([r, g, b]) => {
		const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * x + 0.7152 * y + 0.0722 * z;
	};
	const found = new Set();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const e = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || e.closest("script, title, desc, option") || !e.checkVisibility()) continue;
		const colour = channels(e instanceof SVGElement ? getComputedStyle(e).fill : getComputedStyle(e).color);
		let back = [0, 0, 0, 0];
		for (let b = e; b && back[3] === 0; b = b.parentElement) back = [...channels(getComputedStyle(b).backgroundColor), 1].slice(0, 4);
		const [dark, light] = [luminance(colour), luminance(back)].sort((a, b) => a - b);
		const contrast = (light + 0.05) / (dark + 0.05);
		if (contrast < 4.5) found.add(`${e.className.baseVal ?? e.className} ${walker.currentNode.data.trim().slice(0, 30)}: ${contrast.toFixed(2)}`);
	}
	return [...found].slice(0, 5);
}

// pictures sees that thumbnails are there, and images.
async function pictures(path) {
	const { p, close } = await open(path);
	const sides = await p.evaluate(() => [...document.images].map((i) => i.complete && Math.max(i.naturalWidth, i.naturalHeight)));
	assert.ok(sides.length >= 5 && sides.every((side) => side === 144), `images: ${sides}`);
	await close();
}

// looks sees that a page fits, and can be read.
async function looks(name, path) {
	const grounds = [];
	for (const colorScheme of ["light", "dark"]) {
		for (const width of [360, 1280]) {
			const { p, faults, close } = await open(path, { colorScheme, viewport: { width, height: 900 } });
			await p.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
			const room = await p.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
			assert.ok(room[0] <= room[1], `${name}: scrolls sideways at ${width}: ${room}`);
			assert.deepEqual(await p.evaluate(faint), [], `${name}, ${colorScheme}: faint texts`);
			if (width === 1280) grounds.push(await p.evaluate(() => getComputedStyle(document.body).backgroundColor));
			assert.deepEqual(faults, [], name);
			await close();
		}
	}
	assert.notEqual(grounds[0], grounds[1], `${name}: dark looks like light`);
}

// works sees that the charts are drawn and tell their values.
async function works(name, path, charts) {
	const { p, faults, close } = await open(path);
	assert.equal(await p.locator("figure.chart").count(), charts, `${name}: charts`);
	for (const plot of await p.locator("svg.plot").all()) {
		await plot.scrollIntoViewIfNeeded();
		const stack = (await plot.getAttribute("class")).includes("stackbar");
		const bars = await plot.locator(stack ? "rect.hit" : "rect.bar").all();
		assert.ok(bars.length > 0, `${name}: no bars`);
		for (const bar of bars) {
			const box = await bar.boundingBox();
			assert.ok(box && box.width > 0 && box.height > 0, `${name}: a bar is not drawn`);
		}
		if (!stack) {
			const curve = await plot.locator("path.line").last().boundingBox();
			assert.ok(curve.width > 100 && curve.height > 10, `${name}: the curve is not drawn`);
		}
		const box = await bars[0].boundingBox();
		await p.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
		assert.match(await told(p), stack ? /^[a-z ]+ [\d,]+ tokens? \(/ : /^[\d,]+( to [\d,]+)? (trained )?tokens( or more)? [\d,]+ examples? \(.*up to here/, `${name}: no values`);
		await p.mouse.move(2, 2);
		assert.ok(await p.locator("#tip").isHidden(), `${name}: the values stay`);
	}
	if (charts > 0) {
		const plot = p.locator("figure.chart svg.plot").first();
		await plot.focus();
		await p.keyboard.press("End");
		const last = await told(p);
		await p.keyboard.press("ArrowLeft");
		const strips = await plot.locator(".hit").count();
		assert.equal(await told(p) !== last, strips > 1, `${name}: the arrow keys`);
		await p.keyboard.press("Escape");
		assert.ok(await p.locator("#tip").isHidden(), `${name}: the values stay`);
	}
	assert.deepEqual(await p.evaluate(() => [
		window.injected, document.scripts.length, document.styleSheets.length,
		document.querySelectorAll("img:not(.thumbnail), iframe, link, a, base, object, embed, [onload], [onerror], [onmouseover], [style]:not(#tip)").length,
		document.dir,
	]), [undefined, 1, 1, 0, ""], `${name}: something was injected`);
	assert.deepEqual(faults, [], name);
	await close();
}

// told returns the values that are shown, and sees that they can be seen.
async function told(p) {
	const tip = p.locator("#tip");
	await tip.waitFor({ state: "visible", timeout: 2000 });
	const box = await tip.boundingBox(), view = p.viewportSize();
	assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= view.width && box.y + box.height <= view.height, "the values are out of sight");
	return tip.innerText().then((s) => s.replaceAll("\n", " "));
}

// filters sees that the controls show the groups that they should.
async function filters(path) {
	const { p, faults, close } = await open(path);
	const groups = () => p.$$eval("article.finding", (all) => all.filter((a) => a.checkVisibility()).map((a) => [a.dataset.rule, a.dataset.level, a.innerText]));
	const all = await groups();
	const hold = async (what, want) => {
		const shown = await groups();
		const wanted = all.filter(want);
		assert.ok(wanted.length > 0 && wanted.length < all.length, `${what}: filters nothing`);
		assert.deepEqual(shown, wanted, what);
		assert.ok((await p.locator("#shown").innerText()).startsWith(`${wanted.length} of ${all.length} `), what);
	};
	await p.selectOption("#by-rule", "FTM002");
	await hold("by rule", (g) => g[0] === "FTM002");
	await p.selectOption("#by-rule", "");
	await p.selectOption("#by-level", "warning");
	await hold("by level", (g) => g[1] === "warning");
	await p.selectOption("#by-level", "");
	await p.fill("#by-text", "WEIGHT");
	await hold("by text", (g) => /weight/i.test(g[2]));
	await p.emulateMedia({ media: "print" });
	assert.equal((await groups()).length, all.length, "on paper all findings are there");
	assert.ok(await p.locator(".filter").isHidden(), "on paper there is nothing to filter");
	assert.ok((await p.pdf()).length > 10000, "it can be printed");
	assert.deepEqual(faults, []);
	await close();
}

// touched sees that values are told on a phone.
async function touched(path) {
	const { p, faults, close } = await open(path, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
	const bar = p.locator("figure.chart rect.bar").nth(3);
	await bar.scrollIntoViewIfNeeded();
	const box = await bar.boundingBox();
	await p.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
	assert.match(await told(p), /\d tokens [\d,]+ examples? \(/);
	assert.deepEqual(faults, []);
	await close();
}

// bare sees that the page says all without script.
async function bare(path) {
	const { p, close } = await open(path, { javaScriptEnabled: false });
	assert.ok(await p.locator("figure.chart rect.bar").first().isVisible());
	assert.match(await p.locator("figure.chart rect.hit title").first().textContent(), /\d examples?/);
	assert.ok(await p.locator("article.finding").first().isVisible());
	await close();
}

// policed sees that even markup that got into a page would neither run nor load
// anything, and that this check would notice if it did.
async function policed(path) {
	const broken = join(dir, "broken.html");
	const attack = '<script>window.injected=1</script><img src="x.png" onerror="window.injected=1"><style>body{display:none}</style>';
	writeFileSync(broken, readFileSync(path, "utf8").replace("<main>", "<main>" + attack));
	const { p, faults, close } = await open(broken);
	assert.equal(await p.evaluate(() => window.injected), undefined, "an injected script ran");
	assert.ok(await p.locator("h1").isVisible(), "an injected style works");
	assert.ok(faults.filter((f) => f.includes("Content Security Policy")).length >= 3, "the policy stopped something else: " + faults.join("\n"));
	await close();
}

try {
	for (const [name, path] of Object.entries(pages)) {
		await looks(name, path);
		await works(name, path, name === "clean" ? 0 : 2);
	}
	await pictures(pages.images);
	await filters(pages.demo);
	await touched(pages.demo);
	await bare(pages.demo);
	await policed(pages.demo);
	console.log(`${Object.keys(pages).length} pages work in ${browser.version()}`);
} finally {
	await browser.close();
}
