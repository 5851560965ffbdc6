/** The values of XML-RPC as plain JavaScript, and answers that are XML already. Knows no method. */

/**
 * Whole numbers are `int`, others `double`. `base64` arrives as its UTF-8 text and `dateTime.iso8601` as its text: none of
 * Supervisor's methods takes either.
 */
export type XmlRpcValue = string | number | boolean | readonly XmlRpcValue[] | XmlRpcStruct;

export interface XmlRpcStruct {
  readonly [name: string]: XmlRpcValue;
}

/** A rendered `<value>...</value>`, or several one after the other: what is asked for often is not built anew each time. */
export class XmlFragment {
  readonly xml: string;

  constructor(xml: string) {
    this.xml = xml;
  }
}

/** What a method may answer with. */
export type XmlRpcAnswer = XmlRpcValue | XmlFragment;
