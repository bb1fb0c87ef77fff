"""Páginas de error: dicen qué pasó y a dónde ir, con el código de estado que corresponde."""

import re

from django.apps import apps
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.text import capfirst

from ..jurisdiccion import Permiso, es_publica, quienes_pueden

# Lo que pone el formulario y no la persona, y lo que no se muestra aunque lo haya escrito ella.
DEL_FORMULARIO = re.compile(
    r"csrfmiddlewaretoken|next|accion|action|version.*|.*password.*|code|consulta|clave(_envio)?"
    r"|(\w+_)?leida|vistos|marcados|pase|quedarse|base_\w+|(.+-)?(id|pk|orden|version)"
    r"|.*-?(TOTAL|INITIAL|M\w+_NUM)_FORMS"
)
SESION_VENCIDA = "La sesión venció: ingrese en otra pestaña y vuelva a guardar."
FORMULARIO_VENCIDO = "El formulario venció: vuelva a guardar."


@es_publica
def no_aceptado(request, exception=None):
    """Lo que Django o una vista no quisieron leer: mal armado, o más grande que su tope."""
    muy_grande = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent))
    motivo = str(exception) if isinstance(exception, BadRequest) else ""
    contexto = {"muy_grande": muy_grande, "motivo": motivo}
    return render(request, "errores/400.html", contexto, status=413 if muy_grande else 400)


@es_publica
def no_encontrado(request, exception=None):
    return render(request, "errores/404.html", status=404)


@es_publica
def prohibido(request, exception=None):
    permiso = next((p for p in getattr(exception, "args", ()) if isinstance(p, Permiso)), None)
    contexto = {"permiso": permiso, "quienes": quienes_pueden(permiso) if permiso else []}
    return render(request, "errores/403.html", contexto, status=403)


@es_publica
def fallo(request):
    return render(request, "errores/500.html", status=500)


@es_publica
def csrf_rechazado(request, reason=""):
    """El formulario es viejo: se conserva lo tecleado para copiarlo.

    Al volver a ingresar en otra pestaña, la señal contra formularios ajenos cambia: al guardado
    automático se le da la nueva. Otro sitio no puede pedirla: ese encabezado se lo impide.
    """
    if es_autoguardado(request):
        datos = {"error": FORMULARIO_VENCIDO, "csrf": get_token(request)}
        return JsonResponse(datos, status=403)
    return render(request, "errores/csrf.html", {"tecleado": tecleado(request)}, status=403)


def sesion_vencida(request):
    """Alguien envió un formulario sin sesión: no se guarda, y se le devuelve lo que escribió."""
    if es_autoguardado(request):
        return JsonResponse({"error": SESION_VENCIDA}, status=401)
    return render(request, "errores/sesion.html", {"tecleado": tecleado(request)}, status=401)


def es_autoguardado(request):
    return request.headers.get("X-Autoguardado") == "1"


def tecleado(request):
    """Lo que la persona escribió o escogió, en pares (etiqueta, valor); nunca una clave."""
    etiquetas = _etiquetas()
    return [
        (_etiqueta(nombre, etiquetas), "\n".join(valores))
        for nombre, valores in request.POST.lists()
        if not DEL_FORMULARIO.fullmatch(nombre) and any(valor.strip() for valor in valores)
    ]


def _etiquetas():
    """Nombre de campo → cómo se llama en la plataforma, según los modelos."""
    campos = [campo for modelo in apps.get_models() for campo in modelo._meta.fields]
    return {campo.name: str(campo.verbose_name) for campo in campos}


def _etiqueta(nombre, etiquetas):
    # En un conjunto de formularios el nombre es «prefijo-0-campo».
    llano = nombre.rsplit("-", 1)[-1]
    return capfirst(etiquetas.get(llano) or llano.replace("_", " "))
