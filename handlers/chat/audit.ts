type Action =
  | 'member.added'
  | 'link.made'
  | 'owner.made'
  | 'owner.unmade'
  | 'person.banned'
  | 'person.unbanned'

/**
 * A part of a statement that does something to somebody, as far as its `with changed (id)` finds
 * them: it is written into the audit log, so that nothing is done without its line there.
 * @param by who does it, as the statement has it: a parameter or a column of `changed`.
 */
export const intoAudit = (action: Action, by: string): string =>
  `audited as (
       insert into audit (by_id, action, about_id) select ${by}, '${action}', id from changed
     )`
