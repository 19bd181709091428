// Contrast takes axe longer than all else, so it is asked once for each kind of text: whose classes and colours are the
// same, and that stands in the same. `known` are the kinds found right, and, as "kind at width", those axe can't judge.
async ({known, width}) => {
    const right = new Set(known), wrong = new Set(), surroundings = new Map();

    function digest(text) {
        let [one, other] = [0xdeadbeef, 0x41c6ce57];
        for (let index = 0; index < text.length; index++) {
            one = Math.imul(one ^ text.charCodeAt(index), 2654435761);
            other = Math.imul(other ^ text.charCodeAt(index), 1597334677);
        }
        return `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`;
    }

    function surrounding(element) {
        if (!surroundings.has(element)) {
            const style = getComputedStyle(element), parent = element.parentElement;
            surroundings.set(element, digest([
                parent && surrounding(parent), element.tagName,
                element.getAttribute("class"), element.getAttribute("aria-hidden"), element.matches(":disabled"),
                style.color, style.backgroundColor, style.backgroundImage, style.opacity, style.filter,
                style.mixBlendMode, style.position,
            ].join("|")));
        }
        return surroundings.get(element);
    }

    function kindOf(element) {
        const style = getComputedStyle(element), size = parseFloat(style.fontSize);
        // Text of 18 points, or of 14 when bold, needs less contrast.
        const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        return digest([surrounding(element), isLarge, style.textShadow, element.control?.disabled].join("|"));
    }

    function hasText(element) {
        const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
        return element.matches("input, select, textarea") || texts.some(text => text.data.trim());
    }

    async function ask(texts) {
        if (!texts.length) return;
        const {violations, passes} = await axe.run({include: texts.map(([element]) => element)}, {
            runOnly: ["color-contrast"], resultTypes: ["violations", "passes"], preload: false,
            elementRef: true, selectors: false, iframes: false,
        });
        for (const [results, kinds] of [[violations, wrong], [passes, right]])
            for (const {element} of results.flatMap(result => result.nodes)) kinds.add(kindOf(element));
    }

    const isOpen = ([, kind]) => !right.has(kind) && !wrong.has(kind) && !right.has(`${kind} at ${width}`);
    const open = [...document.body.querySelectorAll("*")]
        .filter(element => hasText(element) && element.checkVisibility())
        .map(element => [element, kindOf(element)])
        .filter(isOpen);
    // One of each kind first; all others only where that one could not be judged.
    const firsts = new Map(open.toReversed().map(text => [text[1], text]));
    await ask([...firsts.values()]);
    await ask(open.filter(text => isOpen(text) && firsts.get(text[1]) !== text));
    for (const [, kind] of open.filter(isOpen)) right.add(`${kind} at ${width}`);
    return {isWrong: wrong.size > 0, known: [...right].filter(kind => !wrong.has(kind))};
}
