package dev.unfilter.app

import android.content.Context
import android.view.ViewGroup
import android.widget.SeekBar
import android.widget.TextView
import dev.unfilter.HyperParameter

private const val STEPS = 100

/** A slider for each hyper-parameter, by its place in the range; [changed] is given all values whenever one moves. */
class Sliders(parameters: List<HyperParameter>, context: Context, rows: ViewGroup, private val changed: (Map<String, Double>) -> Unit) {
    private val chosen = parameters.associateTo(LinkedHashMap()) { it.name to it.default }

    /** By name, in their order. */
    val values: Map<String, Double> get() = chosen.toMap()

    init {
        rows.removeAllViews()
        for (parameter in parameters) {
            val label = TextView(context)
            val slider = SeekBar(context).apply {
                max = STEPS
                progress = (parameter.place(parameter.default) * STEPS).toInt()
                contentDescription = parameter.name
            }
            label.text = context.getString(R.string.value, parameter.name, parameter.default)
            slider.setOnSeekBarChangeListener(object : SeekBar.OnSeekBarChangeListener {
                override fun onProgressChanged(bar: SeekBar, progress: Int, fromUser: Boolean) {
                    val value = parameter.value(progress.toFloat() / STEPS)
                    chosen[parameter.name] = value
                    label.text = context.getString(R.string.value, parameter.name, value)
                    changed(values)
                }

                override fun onStartTrackingTouch(bar: SeekBar) = Unit

                override fun onStopTrackingTouch(bar: SeekBar) = Unit
            })
            rows.addView(label)
            rows.addView(slider)
        }
    }
}
