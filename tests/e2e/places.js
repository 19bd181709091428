// What the places of things could make wrong, of all that is there: everything else passes, or is the same as what has
// been found right. `kinds` are of the elements' structure.
(known, kinds) => {
    const elements = [...document.body.querySelectorAll("*")].filter(element => element.checkVisibility());
    const TARGETS = "a[href], button, input, select, textarea, summary, area, [tabindex], [role], [contenteditable]";
    const targets = elements.filter(element => element.matches(TARGETS))
        .map(element => ({element, boxes: [element.getBoundingClientRect(), ...element.getClientRects()]}));

    const isSmall = ({boxes}) => boxes.some(box => box.width < 24.5 || box.height < 24.5);

    function isCovered({element, boxes: [box]}) {
        return targets.some(({element: other, boxes: [over]}) => over.left < box.right && box.left < over.right
            && over.top < box.bottom && box.top < over.bottom && !other.contains(element) && !element.contains(other));
    }

    // Links among text may be small.
    function isAmongText(element) {
        const beside = [element.previousSibling, element.nextSibling];
        return getComputedStyle(element).display === "inline" && element.matches("a[href]")
            && beside.some(node => node?.nodeType === Node.TEXT_NODE && node.data.trim());
    }

    // Its size, and where other targets near it are.
    function kindOfTarget({element, boxes}) {
        const {display} = getComputedStyle(element);
        if (display === "inline") return null;
        const [{left, right, top, bottom}] = boxes, round = number => Math.round(number * 10) / 10;
        const near = targets.filter(({boxes: [other]}) => other.left < right + 48 && left < other.right + 48
            && other.top < bottom + 48 && top < other.bottom + 48);
        const described = near.map(({element: other, boxes}) => [
            other.tagName, other.type, other.tabIndex, other.contains(element), element.contains(other),
            ...boxes.map(box => [box.left - left, box.top - top, box.width, box.height].map(round)),
        ].join());
        return ["target", element.tagName, element.type, element.getAttribute("role"), element.tabIndex, ...described].join("|");
    }

    function kindOfTable(element) {
        return element.querySelector("thead, caption, [scope], [headers]") && `table ${kinds.get(element)}`;
    }

    function scrolls(element) {
        return (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)
            && !/^visible( visible)?$/.test(getComputedStyle(element).overflow);
    }

    const open = [
        ...targets.filter(each => (isSmall(each) && !isAmongText(each.element)) || isCovered(each))
            .map(each => ({element: each.element, kind: kindOfTarget(each)})),
        ...elements.filter(scrolls).map(element => ({element, kind: null})),
        ...elements.filter(element => element.matches("table")).map(element => ({element, kind: kindOfTable(element)})),
    ].filter(({kind}) => !known.has(kind));
    return {include: [...new Set(open.map(({element}) => element))], asked: open.map(({kind}) => kind).filter(Boolean)};
}
