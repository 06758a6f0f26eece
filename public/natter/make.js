// @ts-check

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {object} properties what it begins with, by the names that scripts have for them
 * @returns {HTMLElementTagNameMap[Name]}
 */
export const make = (name, properties) => Object.assign(document.createElement(name), properties)
