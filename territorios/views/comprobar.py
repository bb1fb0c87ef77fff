"""Comprobar un documento, sin cuenta: qué se emitió con ese código y si un archivo es ese mismo.

El archivo no se sube: su suma se calcula en el equipo de quien comprueba, y la página no deja que
el navegador envíe nada (`connect-src` y `form-action`).
"""

from csp.constants import NONE
from csp.decorators import csp_replace, csp_update
from django import forms
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..codigos import en_grupos, normalizar
from ..comprobaciones import pagina_de
from ..jurisdiccion import es_publica, sin_rastro
from ..limites import esta_agotado, pasa
from ..models import DocumentoEmitido, Gad, NombreInstitucion
from ..models.documento import LARGO_DEL_CODIGO


class CodigoDeDocumentoForm(forms.Form):
    """El código tecleado de un papel."""

    codigo = forms.CharField(
        label="Código del documento",
        max_length=40,
        help_text="Está al pie de cada página y junto al QR del final: «K7QM-3XHP-…».",
        error_messages={
            "required": "Escriba el código que está al pie del documento.",
            "max_length": "El código tiene dieciséis letras y números: revíselo.",
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_codigo(self):
        codigo = normalizar(self.cleaned_data["codigo"])
        if len(codigo) != LARGO_DEL_CODIGO:
            raise forms.ValidationError(self.fields["codigo"].error_messages["max_length"])
        return codigo


@es_publica
@never_cache
@sin_rastro
@require_http_methods(["GET", "POST"])
def comprobar(request):
    """El formulario para teclear el código."""
    form = CodigoDeDocumentoForm(request.POST or None)
    if form.is_valid():
        return redirect("publico:documento", en_grupos(form.cleaned_data["codigo"]))
    return _teclear(request, form, 400 if form.errors else 200)


@es_publica
@never_cache
@sin_rastro
@csp_replace({"form-action": [NONE]})
@csp_update({"connect-src": [NONE]})
@require_safe
def documento(request, codigo):
    """Qué se emitió con ese código. Si es de otra clase de papel, lleva a su página."""
    if esta_agotado(request, "codigo_inventado"):
        return _no_es(request, 429)
    hallado = DocumentoEmitido.objects.de_codigo(codigo)
    if hallado is None:
        if otra := pagina_de(codigo):
            return redirect(otra)
        pasa(request, "codigo_inventado")
        return _no_es(request, 404)
    contexto = {"institucion": NombreInstitucion.objects.en(), "documento": hallado}
    return render(request, "territorios/documento.html", contexto | {"oficina": _oficina(hallado)})


def _oficina(documento):
    """Con todas sus letras: de un GAD se dice cuál."""
    if not documento.oficina.startswith("GAD "):
        return documento.nombre_de_su_oficina
    suyo = Gad.objects.filter(pk=documento.oficina.removeprefix("GAD ")).first()
    return suyo.nombre_oficial if suyo else documento.oficina


def _no_es(request, estado):
    return _teclear(request, CodigoDeDocumentoForm(), estado, no_es=True, frenado=estado == 429)


def _teclear(request, form, estado, **mas):
    contexto = {"institucion": NombreInstitucion.objects.en(), "form": form}
    return render(request, "territorios/comprobar.html", contexto | mas, status=estado)
