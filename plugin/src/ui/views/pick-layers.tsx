import { framesBeside, selectedLayersOf } from '../../shared/layer-picks.js';
import { count } from '../../shared/text.js';
import { layerRow, type SectionProps } from './pick-frames.js';
import { PickList } from './pick-list.js';

/** The layers whose counterparts are to be selected. Their frame is the source. */
export function LayerList({ flow, dispatch }: SectionProps) {
  const { source, layers } = flow.picks;
  const selected = selectedLayersOf(flow.selection);
  const isOne = 'frame' in selected;
  const isPicked =
    isOne && selected.layers.length === layers.length && selected.layers.every((layer) => isIn(layers, layer));
  // a selected target is no layer of the source
  const isTarget = isOne && selected.layers.every((layer) => isIn(flow.picks.targets, layer));
  return (
    <PickList
      title={source === null ? 'Layers' : `Layers of “${source.name}”`}
      empty="Select layers in one frame."
      rows={layers.map((layer) => layerRow(layer, () => dispatch({ type: 'pick.remove-layer', nodeId: layer.nodeId })))}
      hint={
        !isOne && selected.frames > 1
          ? `Layers of ${selected.frames} frames are selected. Select layers of one frame.`
          : undefined
      }
      add={
        !isOne || isPicked || isTarget
          ? null
          : {
              label: `Use ${count(selected.layers.length, 'selected layer')} of “${selected.frame.name}”`,
              onClick: () => {
                dispatch({ type: 'pick.layers', ...selected });
                if (flow.picks.targets.length > 0) return;
                dispatch({ type: 'pick.targets', frames: framesBeside(selected, flow.selection.frames) });
              },
            }
      }
      thumbnails={flow.thumbnails}
      dispatch={dispatch}
    />
  );
}

function isIn(picked: readonly { nodeId: string }[], { nodeId }: { nodeId: string }): boolean {
  return picked.some((one) => one.nodeId === nodeId);
}
