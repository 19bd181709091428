// What axe has found right it need not be asked about again where it stands alike: the same elements with the same
// attributes, likewise shown, named and surrounded. Of what people read it counts whether there is any.
() => {
    const digests = new Map(), chains = new Map(), root = document.documentElement;
    // Each counts as being there, or as being empty.
    const FREE = /^(alt|title|placeholder|value|content|aria-label|aria-roledescription|aria-valuetext)$/;
    const NO_MATTER = /^(id|class|name|action|src|srcset|sizes|data-.*|datetime|nonce|integrity|media)$/;
    const POINTING = /^(for|list|form|popovertarget|aria-(labelledby|describedby|details|controls|owns|errormessage|activedescendant|flowto))$/;
    const SHAPE = /^(d|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|width|height|points|viewBox|transform|fill|stroke.*)$/;

    function digest(text) {
        let [one, other] = [0xdeadbeef, 0x41c6ce57];
        for (let index = 0; index < text.length; index++) {
            one = Math.imul(one ^ text.charCodeAt(index), 2654435761);
            other = Math.imul(other ^ text.charCodeAt(index), 1597334677);
        }
        return `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`;
    }

    const states = new Map([...document.querySelectorAll("*")].map(element => {
        const {width, height, right, bottom} = element.getBoundingClientRect();
        const isShown = element.checkVisibility({visibilityProperty: true, opacityProperty: true});
        const isOnScreen = width > 1 && height > 1 && right + scrollX > 0 && bottom + scrollY > 0;
        return [element, isShown ? isOnScreen ? "on" : "off" : element.checkVisibility() ? "unseen" : "hidden"];
    }));
    const isThere = text => text.trim() ? "some" : text ? "blank" : "none";
    const nameOf = other => other ? `${other.tagName} ${states.get(other)} ${isThere(other.innerText ?? "")}` : "nothing";

    function cellOf(table, id) {
        return [...table?.rows ?? []].flatMap(row => [...row.cells]).findLastIndex(cell => cell.id === id);
    }

    function attribute(element, {name, value}) {
        if (NO_MATTER.test(name) || (SHAPE.test(name) && element instanceof SVGElement)) return "";
        if (FREE.test(name) && element.tagName !== "META") return `${name} ${isThere(value)}`;
        if (name === "href")
            return value.startsWith("#") ? `# ${nameOf(document.getElementById(value.slice(1)))}` : `href ${isThere(value)}`;
        if (name === "headers")
            return `${name} ${value.split(/\s+/).filter(Boolean).map(id => cellOf(element.closest("table"), id))}`;
        if (POINTING.test(name))
            return `${name} ${value.split(/\s+/).map(id => nameOf(document.getElementById(id)))}`;
        return `${name}=${value}`;
    }

    function own(element) {
        const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
        return [
            element.tagName, states.get(element), texts.some(node => node.data.trim()),
            ...[...element.attributes].map(each => attribute(element, each)).filter(Boolean).sort(),
            ...[...element.labels ?? []].map(nameOf),
        ].join("|");
    }

    const owns = new Map([...states.keys()].map(element => [element, own(element)]));

    function chain(element) {
        if (!element) return "";
        if (!chains.has(element)) chains.set(element, digest(`${chain(element.parentElement)}>${owns.get(element)}`));
        return chains.get(element);
    }

    function within(element) {
        const parts = [owns.get(element)];
        for (const child of element.children) if (!child.matches("script, style, link")) parts.push(within(child));
        const found = digest(parts.join("<"));
        digests.set(element, found);
        return found;
    }

    within(root);
    const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
    const kinds = new Map([...digests].map(([element, found]) => [element, `${chain(element.parentElement)} ${found}`]));
    // Which of two elements is meant isn't known where they have the same id, so all is asked.
    return {kinds, isClear: new Set(ids).size === ids.length};
}
