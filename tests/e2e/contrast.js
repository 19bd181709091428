// Contrast takes axe longer than all else, so it is asked once for each kind of text: text of the same colours in the same
// surroundings. `known` are the kinds found right, and those that axe can't judge, each only as it was met.
async known => {
    const right = new Set(known), wrong = new Set(), found = new Set();
    const styles = new Map(), boxes = new Map(), surroundings = new Map(), places = new Map();
    const elements = [...document.body.querySelectorAll("*")].filter(element => element.checkVisibility());

    function remember(map, element, work) {
        if (!map.has(element)) map.set(element, work(element));
        return map.get(element);
    }

    const styleOf = element => remember(styles, element, element => getComputedStyle(element));
    const boxOf = element => remember(boxes, element, element => element.getBoundingClientRect());

    function digest(parts) {
        const text = parts.join("|");
        let [one, other] = [0xdeadbeef, 0x41c6ce57];
        for (let index = 0; index < text.length; index++) {
            one = Math.imul(one ^ text.charCodeAt(index), 2654435761);
            other = Math.imul(other ^ text.charCodeAt(index), 1597334677);
        }
        return `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`;
    }

    function paint({backgroundColor, backgroundImage}) {
        const isNone = /^(transparent|rgba\(.*, 0\))$/.test(backgroundColor) && backgroundImage === "none";
        return isNone ? "" : `${backgroundColor} ${backgroundImage}`;
    }

    // Only these are asked for the styles of generated parts: no others have any.
    function findHosts() {
        const hosts = new Set();
        (function read(rules) {
            for (const {selectorText = "", cssRules = [], styleSheet} of rules) {
                read(styleSheet ? [styleSheet] : cssRules);
                if (!/:(before|after)/.test(selectorText)) continue;
                if (selectorText.includes("&")) throw new SyntaxError("nested");
                const selector = selectorText.replace(/::?(before|after)/g, ":is(*)");
                for (const element of document.querySelectorAll(selector)) hosts.add(element);
            }
        })([...document.styleSheets, ...document.adoptedStyleSheets]);
        return hosts;
    }

    let hosts;
    try {
        hosts = findHosts();
    } catch {
        hosts = new Set(elements);
    }

    function partsOf(element) {
        if (!hosts.has(element)) return [];
        const parts = ["::before", "::after"].map(part => getComputedStyle(element, part));
        return parts.filter(style => !["none", "normal"].includes(style.content));
    }

    const generated = element => partsOf(element).map(paint).join("");

    function described(element) {
        const style = styleOf(element);
        const isUsual = style.position === "static" && style.opacity === "1" && style.filter === "none"
            && style.mixBlendMode === "normal" && style.transform === "none" && style.backgroundImage === "none"
            && style.overflowX === "visible" && style.overflowY === "visible" && style.clipPath === "none"
            && style.backgroundClip === "border-box" && !element.hasAttribute("aria-hidden")
            && !element.matches(":disabled, [aria-disabled], input, select, textarea, button") && !generated(element);
        if (isUsual) return paint(style);
        return [
            element.tagName, element.type, element.getAttribute("class"), element.getAttribute("aria-hidden"),
            element.getAttribute("aria-disabled"), element.matches(":disabled"), paint(style), generated(element),
            style.position, style.opacity, style.filter, style.mixBlendMode, style.transform, style.clipPath,
            style.backgroundClip, style.overflow,
        ].join("|");
    }

    // What adds nothing to how its contents look leaves no trace.
    const surrounding = element => remember(surroundings, element, element => {
        const outer = element.parentElement ? surrounding(element.parentElement) : "", own = described(element);
        return own ? digest([outer, own]) : outer;
    });

    // Where exactly it stands, for what axe can't judge.
    const placeOf = element => remember(places, element, element => digest([
        element.parentElement && placeOf(element.parentElement), element.tagName, element.getAttribute("class"),
    ]));

    const painted = elements.filter(element => paint(styleOf(element)) || element.matches("img, svg, canvas, video"))
        .map(element => ({element, box: boxOf(element)}));
    const isPainted = new Set(painted.map(({element}) => element));

    function touches(one, other) {
        return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
    }

    // What is painted there without being around the text.
    function underOrOver(element) {
        const box = boxOf(element);
        return painted.filter(other => touches(box, other.box))
            .filter(other => !other.element.contains(element) && !element.contains(other.element))
            .map(other => `${paint(styleOf(other.element))} ${placeOf(other.element)}`).join();
    }

    // Parts generated around a text, of more than a quarter of its size, keep axe from judging it.
    function isVeiled(element) {
        const sizeOf = ({width, height}) => parseFloat(width) * parseFloat(height), size = sizeOf(boxOf(element));
        for (let around = element; around; around = around.parentElement) {
            const veils = partsOf(around).filter(style => style.position === "absolute" && style.display !== "none"
                && style.visibility !== "hidden" && paint(style));
            if (veils.reduce((sum, veil) => sum + sizeOf(veil), 0) > size / 4) return true;
        }
        return false;
    }

    // All that may keep axe from judging a text of this kind, so that it judges none that has the same.
    function circumstances(element) {
        const box = boxOf(element), text = element.textContent.trim();
        let clipped = "";
        for (let around = element.parentElement; around; around = around.parentElement) {
            const other = boxOf(around), {overflow, clipPath} = styleOf(around);
            if (overflow === "visible" && clipPath === "none") continue;
            const isOut = box.left >= other.right || box.right <= other.left || box.top >= other.bottom || box.bottom <= other.top;
            const isOver = box.left < other.left || box.right > other.right || box.top < other.top || box.bottom > other.bottom;
            clipped += `${overflow} ${clipPath} ${isOut} ${isOver} ${other.width > 1} ${other.height > 1};`;
        }
        return digest([
            element.tagName, element.type, element.className, element.parentElement.tagName, element.parentElement.className,
            text.length > 2 ? "text" : text, element.matches("input, textarea") && element.value.trim() !== "", element.placeholder, element.children.length > 0,
            element.getAttribute("role"), element.getAttribute("aria-hidden"), !!element.closest("[aria-hidden=true], [inert]"),
            box.width > 1, box.height > 1, box.right + scrollX > 0, box.bottom + scrollY > 0,
            box.right <= innerWidth, element.getClientRects().length > 1, clipped, isVeiled(element),
        ]);
    }

    function isWithin(element) {
        const box = boxOf(element);
        for (let around = element; around; around = around.parentElement) {
            if (!isPainted.has(around)) continue;
            const other = boxOf(around);
            if (box.left < other.left || box.right > other.right) return false;
            if (box.top < other.top || box.bottom > other.bottom) return false;
        }
        return true;
    }

    const kindOf = element => {
        const style = styleOf(element), size = parseFloat(style.fontSize);
        // Text of 18 points, or of 14 when bold, needs less contrast.
        const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        return digest([
            surrounding(element), style.color, isLarge, style.textShadow, style.textIndent, element.control?.disabled,
            element.control?.ariaDisabled,
            underOrOver(element), isWithin(element),
        ]);
    };

    function line(element) {
        const style = styleOf(element);
        return [
            style.color, style.backgroundColor, style.backgroundImage, style.fontFamily, style.fontSize, style.fontStyle,
            style.fontWeight, style.textDecoration, style.border, style.opacity, generated(element),
            partsOf(element).length,
        ].join("|");
    }

    const isInline = element => /^inline|contents/.test(styleOf(element).display) && element !== document.body;

    function blockOf(link) {
        let block = link.parentElement;
        while (isInline(block)) block = block.parentElement;
        return block;
    }

    function linkKindOf(link) {
        const lines = [surrounding(link)], block = blockOf(link);
        for (let element = link; element !== block; element = element.parentElement) lines.push(line(element));
        return `link ${digest([...lines, line(block)])}`;
    }

    function hasText(element) {
        const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
        return element.matches("input, select, textarea") || texts.some(text => text.data.trim());
    }

    function isAmongText(link) {
        return isInline(link) && blockOf(link).textContent.trim().length > link.textContent.trim().length;
    }

    async function ask(questions) {
        if (!questions.length) return;
        const {violations, passes} = await axe.run({include: [...new Set(questions.map(({element}) => element))]}, {
            runOnly: ["color-contrast", "link-in-text-block"], resultTypes: ["violations", "passes"], preload: false,
            elementRef: true, selectors: false, iframes: false,
        });
        for (const {id} of violations) found.add(id);
        for (const [results, kinds] of [[violations, wrong], [passes, right]])
            for (const {id, nodes} of results)
                for (const {element} of nodes) kinds.add(id === "color-contrast" ? kindOf(element) : linkKindOf(element));
    }

    const question = (element, kind) => ({element, kind});
    const unjudged = ({element, kind}) => `${kind} ${circumstances(element)}`;
    const isOpen = each => !right.has(each.kind) && !wrong.has(each.kind) && !right.has(unjudged(each));
    const open = [
        ...elements.filter(hasText).map(element => question(element, kindOf(element))),
        ...elements.filter(element => element.matches("a[href], [role=link]") && isAmongText(element))
            .map(link => question(link, linkKindOf(link))),
    ].filter(isOpen);
    // One of each kind first; all others only where that one could not be judged.
    const firsts = new Map(open.toReversed().map(each => [each.kind, each]));
    await ask([...firsts.values()]);
    await ask(open.filter(each => isOpen(each) && firsts.get(each.kind) !== each));
    for (const each of open.filter(isOpen)) right.add(unjudged(each));
    return {found: [...found].sort(), known: [...right].filter(kind => !wrong.has(kind) && !known.has(kind))};
}
