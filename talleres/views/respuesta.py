"""La página con que un GAD responde a su convocatoria, sin cuenta.

El GET no escribe nada: hay antivirus y programas de correo que abren los enlaces antes que nadie.
De la convocatoria muestra solo lo suyo; nada de los demás convocados.
"""

from functools import wraps

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import es_publica

from ..acciones import NoProcede
from ..acciones_convocatoria import responder as anotar
from ..calendario import lugar_de
from ..correos import horas_de
from ..enlaces import EnlaceFalso, EnlaceSinValor, abrir, vence
from ..forms_convocatoria import TRATAMIENTO_DE_DATOS, RespuestaForm
from ..lector_convocatoria import es_de_otra_fecha, hechos_de
from ..models import Encuentro


def sin_rastro(vista):
    """Que la dirección, que es la llave, no llegue a otro sitio ni a un buscador.

    «same-origin» y no «no-referrer»: con este último el navegador manda un origen vacío y el
    formulario se rechazaría.
    """

    @wraps(vista)
    def envuelta(*args, **kwargs):
        respuesta = vista(*args, **kwargs)
        respuesta["Referrer-Policy"] = "same-origin"
        respuesta["X-Robots-Tag"] = "noindex, nofollow"
        return respuesta

    return envuelta


@es_publica
@sin_rastro
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def responder(request, enlace):
    try:
        convocatoria = abrir(enlace)
    except EnlaceFalso as error:
        raise Http404 from error
    except EnlaceSinValor as error:
        return _sin_valor(request, str(error))
    if convocatoria.encuentro.estado == Encuentro.Estado.CANCELADO:
        return _pagina(request, convocatoria, None, 410)
    if request.method != "POST":
        return _pagina(request, convocatoria, RespuestaForm())
    form = RespuestaForm(request.POST)
    if not form.is_valid():
        return _pagina(request, convocatoria, form, 400)
    try:
        anotar(convocatoria, **form.cleaned_data)
    except NoProcede as error:
        form.add_error(None, str(error))
        return _pagina(request, convocatoria, form, 409)
    return redirect("talleres:responder", enlace)


def _sin_valor(request, motivo):
    return render(request, "talleres/enlace_sin_valor.html", {"motivo": motivo}, status=410)


def _pagina(request, convocatoria, form, estado=200):
    encuentro = convocatoria.encuentro
    ahora, entonces = hechos_de(encuentro), convocatoria.hechos
    contexto = {
        "convocatoria": convocatoria,
        "encuentro": encuentro,
        "institucion": convocatoria.institucion,
        "gad": convocatoria.gad,
        "form": form,
        "respuesta": convocatoria.respuesta,
        "horas": horas_de(ahora),
        "donde": lugar_de(encuentro),
        "otra_fecha": es_de_otra_fecha(convocatoria, encuentro),
        "cambios": any(ahora[c] != entonces[c] for c in ("inicio", "fin", "lugar")),
        "vence": vence(encuentro),
        "tratamiento": TRATAMIENTO_DE_DATOS,
    }
    return render(request, "talleres/responder.html", contexto, status=estado)
