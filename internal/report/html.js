"use strict";
(function () {
	var tip = document.getElementById("tip");
	var shown = null;

	// What a browser would show as titles is shown at once, and on touch.
	var says = new Map();
	document.querySelectorAll(".hit").forEach(function (hit) {
		var title = hit.querySelector("title");
		says.set(hit, title.textContent);
		title.remove();
	});
	document.querySelectorAll("svg.plot").forEach(function (plot) {
		var name = plot.querySelector(":scope > title"), desc = plot.querySelector(":scope > desc");
		plot.setAttribute("aria-label", name.textContent + ". " + desc.textContent);
		plot.removeAttribute("aria-labelledby");
		name.remove();
		plot.setAttribute("tabindex", "0");
		plot.addEventListener("keydown", step);
		plot.addEventListener("focus", function () {
			if (plot.matches(":focus-visible")) show(first(plot));
		});
		plot.addEventListener("blur", hide);
	});

	function first(plot) {
		return plot.querySelector(".hit");
	}

	function show(hit, x) {
		hide();
		if (!hit) return;
		shown = hit;
		hit.classList.add("on");
		var lines = says.get(hit).split("\n");
		tip.textContent = "";
		lines.forEach(function (line, i) {
			var parts = line.split("\t");
			var row = document.createElement(i ? "div" : "b");
			row.textContent = parts[0];
			if (parts[1]) {
				var who = document.createElement("span"), name = document.createElement("bdi");
				name.textContent = parts[1];
				who.append(" ", name);
				row.append(who);
			}
			tip.append(row);
		});
		tip.hidden = false;
		var box = hit.getBoundingClientRect(), plot = hit.closest("svg.plot").getBoundingClientRect();
		var wide = document.documentElement.clientWidth;
		var left = x === undefined ? box.left + box.width / 2 : x;
		left = left > wide / 2 ? left - tip.offsetWidth - 14 : left + 14;
		var top = plot.top - tip.offsetHeight - 6;
		if (top < 4) top = Math.min(plot.bottom + 6, innerHeight - tip.offsetHeight - 4);
		tip.style.left = Math.max(4, Math.min(left, wide - tip.offsetWidth - 4)) + "px";
		tip.style.top = Math.max(4, top) + "px";
	}

	function hide() {
		if (shown) shown.classList.remove("on");
		shown = null;
		tip.hidden = true;
	}

	function step(event) {
		var hits = Array.from(this.querySelectorAll(".hit")), at = hits.indexOf(shown);
		switch (event.key) {
		case "ArrowRight": at++; break;
		case "ArrowLeft": at = at < 0 ? 0 : at - 1; break;
		case "Home": at = 0; break;
		case "End": at = hits.length - 1; break;
		case "Escape": hide(); return;
		default: return;
		}
		event.preventDefault();
		show(hits[Math.max(0, Math.min(at, hits.length - 1))]);
	}

	function point(event) {
		var hit = event.target.closest ? event.target.closest(".hit") : null;
		if (hit) show(hit, event.clientX);
		else if (shown && (event.type === "pointerdown" || !shown.closest("svg.plot").matches(":focus-visible"))) hide();
	}
	document.addEventListener("pointermove", point);
	document.addEventListener("pointerdown", point);
	document.addEventListener("scroll", hide, { passive: true });

	// Findings.
	var filter = document.querySelector(".filter");
	if (filter) {
		var rule = document.getElementById("by-rule"), level = document.getElementById("by-level");
		var text = document.getElementById("by-text"), count = document.getElementById("shown");
		var findings = Array.from(document.querySelectorAll(".finding"));
		var texts = findings.map(function (f) { return f.textContent.toLowerCase(); });
		var apply = function () {
			var n = 0, words = text.value.toLowerCase().trim();
			findings.forEach(function (f, i) {
				var on = (!rule.value || f.dataset.rule === rule.value) &&
					(!level.value || f.dataset.level === level.value) &&
					(!words || texts[i].indexOf(words) >= 0);
				f.hidden = !on;
				if (on) n++;
			});
			count.textContent = n + " of " + findings.length + (findings.length === 1 ? " group" : " groups");
		};
		[rule, level, text].forEach(function (control) { control.addEventListener("input", apply); });
		filter.hidden = false;
		apply();
	}

	// Paper shows everything.
	var closed = [];
	addEventListener("beforeprint", function () {
		closed = Array.from(document.querySelectorAll("details:not([open])"));
		closed.forEach(function (d) { d.open = true; });
	});
	addEventListener("afterprint", function () {
		closed.forEach(function (d) { d.open = false; });
	});

	// What can be scrolled can be reached by keyboard.
	document.querySelectorAll(".scroll").forEach(function (box) {
		if (box.scrollWidth > box.clientWidth) {
			var heading = box.closest("section").querySelector("h2");
			box.tabIndex = 0;
			box.setAttribute("role", "region");
			box.setAttribute("aria-label", heading.textContent + ", table");
		}
	});
})();
