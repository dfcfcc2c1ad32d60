import { Component, type ComponentChild, createElement, type FunctionComponent } from 'preact';

/**
 * A view that is drawn again only if its props changed.
 * @param areSame whether two props draw the same; by default whether each prop is the same object or value
 */
export function memo<Props extends object>(
  view: (props: Props) => ComponentChild,
  areSame: (one: Props, other: Props) => boolean = haveSameValues,
): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return !areSame(this.props, next);
    }

    override render(): ComponentChild {
      return createElement(view, this.props);
    }
  }
  return (props) => createElement(Memo, props);
}

function haveSameValues<Props extends object>(one: Props, other: Props): boolean {
  const keys = Object.keys({ ...one, ...other }) as (keyof Props)[];
  return keys.every((key) => one[key] === other[key]);
}
