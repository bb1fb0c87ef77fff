"""Dónde vive la página de cada objeto.

Un grupo se muestra con sus encuentros y evaluaciones, así que su ficha vive en el último piso
(pdot), pero lo enlaza la lista de grupos, que está más abajo y no puede mirar hacia arriba. Como
config lo monta todo, config dice la dirección y cada plantilla usa `objeto.get_absolute_url`.
"""

from django.urls import reverse

PAGINAS = {
    "territorios.gad": lambda gad: reverse("pdot:gad", args=[gad.pk]),
    "territorios.trabajo": lambda trabajo: reverse("pdot:trabajo", args=[trabajo.pk]),
    "acompanamiento.estrategia": lambda e: reverse("acompanamiento:estrategia", args=[e.codigo]),
    "acompanamiento.grupo": lambda grupo: reverse("pdot:grupo", args=[grupo.pk]),
    "acompanamiento.acuerdo": lambda a: reverse("acompanamiento:acuerdo", args=[a.pk]),
    "acompanamiento.lineaprogramatica": lambda x: reverse("acompanamiento:linea", args=[x.pk]),
    "talleres.encuentro": lambda encuentro: reverse("talleres:encuentro", args=[encuentro.pk]),
    "talleres.aporte": lambda aporte: reverse("pdot:aporte", args=[aporte.pk]),
    "talleres.evidencia": lambda una: reverse("talleres:evidencia", args=[una.pk]),
    "pdot.instrumento": lambda uno: reverse("pdot:instrumento", args=[uno.numero]),
    "pdot.pdot": lambda plan: reverse("pdot:plan", args=[plan.pk]),
    "pdot.programagobierno": lambda programa: reverse("pdot:programa", args=[programa.pk]),
    "pdot.evaluacion": lambda evaluacion: reverse("pdot:evaluacion", args=[evaluacion.pk]),
}
