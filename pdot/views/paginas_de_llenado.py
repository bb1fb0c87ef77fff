"""Lo común a todas las páginas del formulario: mostrarlas, rechazarlas sin perder y seguir."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from territorios.views.conflictos import responder_conflicto
from territorios.views.errores import es_autoguardado

from ..fotos import fotos_de_seccion
from ..llenado import Llenado
from .evaluaciones import migas_de
from .fotos import formulario_de_foto


def mostrar(request, llenado, parte, form, **mas):
    """El formulario, si está en manos del GAD; si no, la evaluación y por qué no se edita."""
    evaluacion = llenado.evaluacion
    if evaluacion.esta_en_manos_del_gad:
        return pagina(request, llenado, parte, form, **mas)
    estado = evaluacion.get_estado_display().lower()
    messages.info(request, f"La evaluación está {estado}: ahora no se edita.")
    return redirect(evaluacion)


def pagina(request, llenado, parte, form, status=200, **mas):
    """`mas`: lo propio de cada clase de página."""
    if status == 400 and es_autoguardado(request):
        return JsonResponse({"error": " ".join(_errores(form))}, status=400)
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(llenado.evaluacion, (parte.titulo, None)),
        "evaluacion": llenado.evaluacion,
        "llenado": llenado,
        "codigo": parte.codigo,
        "titulo": parte.titulo,
        "parte": parte,
        "se_corrige": llenado.se_corrige(parte),
        "form": form,
        "siguiente": siguiente(llenado, parte),
        "fotos": fotos_de_seccion(llenado.evaluacion, parte.codigo, request.user),
        "foto_form": formulario_de_foto(llenado, parte.codigo),
        "puede_llenar": True,
    }
    return render(request, "pdot/seccion.html", contexto | mas, status=status)


def _errores(form):
    """Los de un formulario o los de una lista de ellos."""
    if isinstance(form.errors, dict):
        return [str(error) for campo in form.errors.values() for error in campo]
    propios = [str(error) for error in form.non_form_errors()]
    return propios + [error for uno in form.forms for error in _errores(uno)]


def repetir(request, llenado, parte, form, pares, versiones, **mas):
    """409: el formulario vuelve con lo tecleado, lo guardado al lado y la versión de ahora.

    Nada se guardó. Quien escribe ve los dos textos, deja el que vale y guarda otra vez. `pares`:
    (qué, lo guardado, lo tecleado).
    """
    if es_autoguardado(request):
        error = "Otra persona cambió esto: pulse «Guardar borrador» para ver los dos textos."
        return JsonResponse({"error": error}, status=409)
    form.data = form.data.copy()
    form.data.update(versiones)
    return pagina(request, llenado, parte, form, status=409, conflictos=pares, **mas)


def ya_no_se_guarda(request, llenado, parte, pares, motivo):
    """409 que ya no se puede guardar: el motivo, y lo tecleado al lado de lo guardado."""
    evaluacion = llenado.evaluacion
    if es_autoguardado(request):
        return JsonResponse({"error": motivo}, status=409)
    volver = reverse("pdot:seccion", args=[evaluacion.pk, parte.codigo])
    if not evaluacion.esta_en_manos_del_gad:
        volver = evaluacion.get_absolute_url()
    return responder_conflicto(request, evaluacion, pares, volver, motivo)


def guardado(request, llenado, parte, versiones, *, ancla=""):
    """Responde al autoguardado, o va a la página que sigue; `ancla`: a qué punto de esta misma."""
    evaluacion = llenado.evaluacion
    if es_autoguardado(request):
        ahora = Llenado(evaluacion, para=request.user)
        return JsonResponse(
            {
                "hora": f"{timezone.localtime():%H:%M}",
                "versiones": versiones,
                "avance": f"{ahora.respondidas} de {ahora.total}",
            }
        )
    messages.success(request, f"Se guardó el borrador de {evaluacion.gad.nombre}.")
    quedarse = ancla or "quedarse" in request.POST
    codigo = parte.codigo if quedarse else siguiente(llenado, parte)
    if codigo is None:
        return redirect(evaluacion)
    return redirect(reverse("pdot:seccion", args=[evaluacion.pk, codigo]) + ancla)


def siguiente(llenado, parte):
    """La página que sigue; al corregir lo devuelto, solo las que se pueden tocar. None: ninguna."""
    quedan = llenado.partes[llenado.partes.index(parte) + 1 :]
    abiertas = (una.codigo for una in quedan if llenado.se_corrige(una))
    return next(abiertas, None)
