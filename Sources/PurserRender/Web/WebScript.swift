/// The one script of a served page: it shows new data when the server says that there is some.
///
/// It fetches the page again and replaces its content, and keeps what the reader has opened, scrolled and focused.
/// Nothing moves or fades; a reader who asks for less motion gets new content at most once a minute. While the page is
/// not visible it listens to nothing, because a browser has few connections to a server. The script has no `<` and no
/// `&`, so that the page can be read as XML too.
enum WebScript {
    /// The SHA-256 of ``source`` in Base64, by which the page's policy allows it.
    static let hash = "gFHU/HHXsW1l8UW3jDnyONI/NU9YHAjBmyCMUGeSkGs="

    static let source: HTML = """

        (() => {
          "use strict";
          const state = document.getElementById("live");
          const parts = ["header", "main", "footer"];
          const calm = matchMedia("(prefers-reduced-motion: reduce)");
          let events = null, retry = 0, due = 0, last = Date.now(), loading = false;
          const say = (text) => { if (state.textContent !== text) state.textContent = text; };
          const all = (name) => [...document.body.querySelectorAll(name)];
          const names = (list) => {
            const seen = new Map();
            return list.map((element) => {
              const text = (element.querySelector("summary") || element).getAttribute("aria-label")
                || (element.querySelector("summary") || element).textContent;
              seen.set(text, (seen.get(text) || 0) + 1);
              return text + "/" + seen.get(text);
            });
          };
          const keyed = (name) => { const list = all(name); return new Map(names(list).map((key, i) => [key, list[i]])); };
          const show = (text) => {
            const page = new DOMParser().parseFromString(text, "text/html");
            if (!page.querySelector("main")) return;
            const open = [...keyed("details")].filter(([, element]) => element.open).map(([key]) => key);
            const shifted = [...keyed(".scroll")].map(([key, element]) => [key, element.scrollLeft]);
            const place = [scrollX, scrollY];
            const kinds = ["summary", "main a", ".scroll"];
            let focus = null;
            for (const kind of kinds) {
              for (const [key, element] of keyed(kind)) {
                if (element === document.activeElement) focus = [kind, key];
              }
            }
            for (const part of parts) {
              const [before, after] = [document.body, page.body].map((body) => body.querySelector(":scope > " + part));
              if (before) if (after) before.replaceWith(after);
            }
            document.title = page.title;
            const details = keyed("details"), scrolls = keyed(".scroll");
            for (const key of open) if (details.has(key)) details.get(key).open = true;
            for (const [key, left] of shifted) if (scrolls.has(key)) scrolls.get(key).scrollLeft = left;
            const focused = focus ? keyed(focus[0]).get(focus[1]) : null;
            if (focused) focused.focus({ preventScroll: true });
            scrollTo({ left: place[0], top: place[1], behavior: "instant" });
          };
          const load = () => {
            due = 0;
            if (loading) return plan();
            loading = true;
            last = Date.now();
            fetch(location.href, { cache: "no-cache" })
              .then((answer) => answer.ok ? answer.text() : Promise.reject(answer.status))
              .then((text) => { show(text); if (events) say("live"); })
              .catch(() => say("disconnected"))
              .finally(() => { loading = false; });
          };
          const plan = () => {
            if (!due) due = setTimeout(load, Math.max(0, last + (calm.matches ? 60000 : 1000) - Date.now()));
          };
          const close = () => {
            clearTimeout(retry);
            if (events) events.close();
            events = null;
          };
          const connect = () => {
            close();
            if (document.hidden) return;
            events = new EventSource("/dash/events");
            let isFirst = true;
            events.onopen = () => {
              say("live");
              if (!isFirst || Date.now() - last > 5000) plan();
              isFirst = false;
            };
            events.addEventListener("change", plan);
            events.onerror = () => {
              say("disconnected");
              if (events?.readyState === 2) { close(); retry = setTimeout(connect, 10000); }
            };
          };
          document.addEventListener("visibilitychange", connect);
          addEventListener("pagehide", close);
          addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
          connect();
        })();

        """
}
